// Which identifiers of the framework a tenant can act on, and how each becomes what the erasure is told. A type without a way
// into any dataset is not offered: whoever sent it would wait for nothing.
import { parseDatasetSchema } from '../../../identifiers/dataset-schema.ts';
import { type IdentifierType, normalise } from '../../../identifiers/identifier.ts';
import { saltedDigest } from '../../../identifiers/salted-digest.ts';
import type { DatasetRow } from '../../datasets/dataset-store.ts';
import type { Ground } from '../../ground.ts';
import { listWrappedKeysOf } from '../../keys/key-store.ts';
import type { SealedPersons } from '../named-persons.ts';
import { comparableColumns } from '../unsalted-digests.ts';
import { DdrfRefusal, type DdrfSubject, RESULT } from './verify-request.ts';

export interface OfferedIdentifier {
  readonly id: number;
  readonly type: string;
  readonly format: string;
}

type Way = { readonly type: string; readonly format: string } & (
  | { readonly by: 'unsalted'; readonly kind: 'email' | 'phone'; readonly spelling: 'as-typed' | 'with-plus' }
  | { readonly by: 'salted'; readonly identifier: IdentifierType }
  | { readonly by: 'digest' }
);

const WAYS: readonly Way[] = [
  { type: 'email', format: 'sha256', by: 'unsalted', kind: 'email', spelling: 'as-typed' },
  { type: 'phone', format: 'sha256', by: 'unsalted', kind: 'phone', spelling: 'with-plus' },
  { type: 'maid', format: 'raw', by: 'salted', identifier: 'mobile-advertising-id' },
  { type: 'cookie', format: 'raw', by: 'salted', identifier: 'cookie-id' },
  // Of any identifier, for a first party that has the salt.
  { type: 'salted-digest', format: 'sha256', by: 'digest' },
];

export async function listOffered(ground: Ground, tenantId: string): Promise<OfferedIdentifier[]> {
  const datasets = await datasetsOf(ground, tenantId);
  const offered = WAYS.filter((way) => datasets.some((dataset) => leadsInto(way, dataset)));
  return offered.map(({ type, format }, place) => ({ id: place + 1, type, format }));
}

/** Throws DdrfRefusal for a type or a format that is not offered, and for a value that is none. */
export async function personsOf(ground: Ground, tenantId: string, subject: DdrfSubject): Promise<SealedPersons> {
  const datasets = await datasetsOf(ground, tenantId);
  const ways = WAYS.filter((way) => way.type === subject.identifierType.toLowerCase());
  const offered = ways.filter((way) => datasets.some((dataset) => leadsInto(way, dataset)));
  if (offered.length === 0) throw new DdrfRefusal(RESULT.identifierType, 'this type of identifier is not offered');
  const way = offered.find(({ format }) => format === subject.identifierFormat.toLowerCase());
  if (way === undefined) throw new DdrfRefusal(RESULT.identifierFormat, 'this format is not offered for the type');
  const value = subject.identifierValue.trim();
  if (way.by === 'salted') return { digests: await saltedDigests(ground, datasets, { type: way.identifier, value }) };
  if (!/^[0-9a-f]{64}$/i.test(value)) throw new DdrfRefusal(RESULT.identifierFormat, 'not 64 hexadecimal digits');
  const digest = value.toLowerCase();
  if (way.by === 'digest') return { digests: [digest] };
  return { unsalted: [{ kind: way.kind, spelling: way.spelling, digests: [digest] }] };
}

type Dataset = Pick<DatasetRow, 'schema' | 'salt_id'>;

function datasetsOf({ db }: Ground, tenantId: string): Promise<Dataset[]> {
  return db.knex<DatasetRow>('datasets').where({ tenant_id: tenantId, status: 'active' }).select('schema', 'salt_id');
}

function leadsInto(way: Way, { schema }: Dataset): boolean {
  if (way.by === 'unsalted') return comparableColumns(schema, way).length > 0;
  const columns = Object.values(parseDatasetSchema(JSON.parse(schema)).columns);
  return columns.some(
    (column) => column.role === 'identifier' && (way.by === 'digest' || column.type === way.identifier),
  );
}

async function saltedDigests(
  ground: Ground,
  datasets: readonly Dataset[],
  { type, value }: { type: IdentifierType; value: string },
): Promise<string[]> {
  const normalised = normalise(type, value, {});
  if (!normalised.ok) throw new DdrfRefusal(RESULT.identifierFormat, normalised.hint);
  const salts = await saltsOf(ground, new Set(datasets.map(({ salt_id: id }) => id)));
  return salts.map((salt) => saltedDigest({ salt, type, normalised: normalised.value.reveal() }));
}

async function saltsOf(ground: Ground, ids: ReadonlySet<string>): Promise<string[]> {
  const owners = await ground.db
    .knex('wrapped_keys')
    .where({ purpose: 'salt' })
    .whereIn('object_id', [...ids])
    .distinct('owner_id')
    .pluck<string[]>('owner_id');
  const stored = await Promise.all(owners.map((ownerId) => listWrappedKeysOf(ground.db, { purpose: 'salt', ownerId })));
  const wanted = stored.flat().filter(({ objectId }) => ids.has(objectId));
  const opened = await Promise.all(wanted.map((key) => ground.keys.unwrap(key)));
  return opened.map(({ key }) => Buffer.from(key).toString('utf8'));
}
