// Persons as a compliance officer types or pastes them, hashed in the page: only digests under the salts in use leave it.
import { digestsOf, type PersonList, readPersonList } from '../../../identifiers/person-list.ts';
import { listSaltsInUse } from './salts.ts';
import { asList } from './typed-persons.ts';

export interface HashedPersons {
  /** Each identifier under each salt in use, once: the `digests` of a request about persons. */
  readonly digests: readonly string[];
  /** Only of a list whose header has `record-id`; they name persons of one dataset, which the caller knows. */
  readonly recordIds: readonly string[];
  readonly rows: number;
  /** Cells that are no identifier: row and column, never what stood there. */
  readonly faults: PersonList['faults'];
  /** Salts of datasets that the service no longer gives out: persons in those are named by record ids. */
  readonly missingSalts: number;
}

/** Throws FileFault for a list that cannot be read, and ApiProblem. Nothing of the text is sent. */
export async function hashPersons(
  text: string,
  options: { readonly defaultCountry?: string } = {},
): Promise<HashedPersons> {
  const list = readPersonList(asList(text), options);
  const { salts, missing } = list.identifiers.length === 0 ? { salts: [], missing: 0 } : await listSaltsInUse();
  const { recordIds, rows, faults } = list;
  return { digests: digestsOf(list.identifiers, salts), recordIds, rows, faults, missingSalts: missing };
}
