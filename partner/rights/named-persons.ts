// From an officer's list to what the service is told of it: digests under every salt in use, and record ids of one dataset.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { digestsOf, type PersonList, readPersonList } from '../../identifiers/person-list.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import { CommandError, commandErrorOfFile } from '../command-error.ts';
import { errnoOf } from '../hashing/input-file.ts';
import { MAX_NAMED_PERSONS } from '../limits.ts';
import { apiKeyOf, type ServiceFlags, serviceUrlOf } from '../service-access.ts';
import type { Terminal } from '../terminal.ts';
import { openService, type Service } from '../upload/service-client.ts';
import { listSaltsInUse } from './salts-in-use.ts';

export interface PersonFlags extends ServiceFlags {
  readonly dataset?: string;
  readonly defaultCountry?: string;
}

export interface NamedList {
  readonly service: Service;
  readonly list: PersonList;
  /** As many as one request takes each. */
  readonly batches: readonly NamedPersons[];
}

/** Throws usage, file_unreadable, header_invalid, and what the service refuses. */
export async function readNamedPersons(file: string, options: PersonFlags, terminal: Terminal): Promise<NamedList> {
  const { defaultCountry } = options;
  const country = defaultCountry === undefined ? {} : { defaultCountry: defaultCountry.toUpperCase() };
  const list = listOf(await readText(file, terminal), country);
  if (list.recordIds.length > 0 && options.dataset === undefined) {
    throw new CommandError('usage', 'record ids name persons of one dataset: add --dataset <id>');
  }
  const access = { serviceUrl: serviceUrlOf(options, terminal), apiKey: await apiKeyOf(options, terminal) };
  const service = openService({ ...access, signal: terminal.signal });
  const salts = list.identifiers.length === 0 ? [] : await listSaltsInUse(service);
  const batches = [
    ...cut(digestsOf(list.identifiers, salts)).map((digests): NamedPersons => ({ digests })),
    ...cut(list.recordIds).map(
      (ids): NamedPersons => ({ records: [{ dataset_id: options.dataset ?? '', record_ids: ids }] }),
    ),
  ];
  const [first, second] = batches;
  // The common case of a person or two is one request, whatever they are named by.
  if (first?.digests !== undefined && second?.records !== undefined && batches.length === 2) {
    const named = first.digests.length + list.recordIds.length;
    if (named <= MAX_NAMED_PERSONS) return { service, list, batches: [{ ...first, ...second }] };
  }
  return { service, list, batches };
}

function listOf(text: string, country: { defaultCountry?: string }): PersonList {
  try {
    return readPersonList(text, country);
  } catch (cause) {
    throw commandErrorOfFile(cause);
  }
}

export async function readText(file: string, terminal: Terminal): Promise<string> {
  if (file === '-') return text(terminal.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandError('file_unreadable', `cannot read ${file}`, { cause, hint: errnoOf(cause) });
  }
}

function cut(all: readonly string[]): string[][] {
  const count = Math.ceil(all.length / MAX_NAMED_PERSONS);
  return Array.from({ length: count }, (_, n) => all.slice(n * MAX_NAMED_PERSONS, (n + 1) * MAX_NAMED_PERSONS));
}
