// Persons who are to be taken out, as the tenant knows them: by keys under the tenant's key, never by a digest.
import type { RemovalReason } from '../../policies/removal.ts';

/** Keys are sixteen bytes each, joined. */
export type PersonSet =
  /** Match keys of identifiers; they speak of every dataset of the tenant, or of the one that is named. */
  | { readonly by: 'digest'; readonly keys: Uint8Array; readonly datasetId?: string }
  /** Keys of record ids, of one dataset. */
  | { readonly by: 'record-id'; readonly datasetId: string; readonly keys: Uint8Array }
  /** Everybody of a dataset. */
  | { readonly by: 'dataset'; readonly datasetId: string };

export interface RemovalWish {
  readonly tenantId: string;
  readonly persons: readonly PersonSet[];
  readonly reason: RemovalReason;
  /** Only what was delivered for one of these purposes; all of them, if nothing is said. */
  readonly purposes?: readonly string[];
  /** Only at destinations of these kinds; at all of them, if nothing is said. */
  readonly destinationKinds?: readonly string[];
  /** Only at these destinations. */
  readonly destinationIds?: readonly string[];
  /** Only whoever may not be there any more, by all that is on record of them in the dataset that they were delivered from. */
  readonly onlyRefused?: true;
  /** What asked for it: a change of consent, a deletion request. Removals are listed by its id. */
  readonly request: { readonly kind: string; readonly id: string };
}
