// Datasets: declared by a schema, filled by loads, erased as a whole.
import { type DatasetSchema, parseDatasetSchema, SchemaError } from '../../identifiers/dataset-schema.ts';
import type { ConsentEvidence, Dataset } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { newId } from '../ids.ts';
import { SERVICE } from '../keys/key-ring.ts';
import { listSalts } from '../keys/service-keys.ts';
import { RETENTION_MONTHS } from '../retention/limits.ts';
import { findTenant } from '../tenants/tenant-store.ts';
import { type DatasetRow, type DatasetView, datasetViews, getDataset, insertDataset } from './dataset-store.ts';
import { endDataset } from './end-dataset.ts';
import type { LoadFigures } from './load.ts';

type Operations = 'listDatasets' | 'createDataset' | 'getDataset' | 'deleteDataset';

export function datasetHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    listDatasets: ({ tenantId, query }) => listPage(datasetViews(ground.db, tenantId), query, datasetBody),
    createDataset: (request) => createDataset(ground, request),
    getDataset: async ({ tenantId, params }) => datasetBody(await getDataset(ground.db, params.dataset_id, tenantId)),
    deleteDataset: (request) => deleteDataset(ground, request),
  };
}

async function createDataset(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createDataset'>,
): Promise<Dataset> {
  const schema = parseSchema(body.schema);
  const now = instantOf(ground.clock);
  const row: DatasetRow = {
    id: newId('dts'),
    tenant_id: tenantId,
    name: schema.name,
    schema: JSON.stringify(schema),
    salt_id: await saltFor(ground, { named: body.salt_id, tenantId }),
    evidence: body.evidence === undefined ? null : JSON.stringify(checkedEvidence(schema, body.evidence)),
    visible_version_id: null,
    status: 'active',
    retention_months: body.retention_months ?? RETENTION_MONTHS,
    expires_at: null,
    prospects_seen_at: null,
    region: body.region ?? (await findTenant(ground.db, tenantId))?.region ?? '',
    release_regions: body.release_regions === undefined ? null : JSON.stringify(body.release_regions),
    created_at: now,
    updated_at: now,
  };
  const event = {
    ...byCaller(caller),
    event: 'dataset.created',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id: row.id },
    detail: { columns: Object.keys(schema.columns).length, salt: row.salt_id, region: row.region },
  } as const;
  await auditedTransaction(ground.db, event, (tx) => insertDataset(tx, row));
  return datasetBody({ ...row, records: null, persons: null, last_outcome: null });
}

function parseSchema(input: unknown) {
  try {
    return parseDatasetSchema(input);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const errors = error.issues.map(({ pointer, message, hint }) => ({ pointer: `/schema${pointer}`, message, hint }));
    throw new ServiceError('schema_invalid', {
      detail: 'The dataset schema has faults; each is listed.',
      errors,
      cause: error,
    });
  }
}

/** A column says it of each person; evidence for all beside it would leave open which of the two counts. */
function checkedEvidence(schema: DatasetSchema, evidence: ConsentEvidence): ConsentEvidence {
  const column = Object.entries(schema.columns).find(([, { role }]) => role === 'consent');
  if (column === undefined) return evidence;
  throw new ServiceError('request_invalid', {
    errors: [
      {
        pointer: '/evidence',
        message: `The column ${column[0]} holds the consent of each person already.`,
        hint: 'Leave out the evidence, or the column.',
      },
    ],
  });
}

/** The salt named, of the service or of a collaboration of the tenant's; without a name the newest of the service. */
async function saltFor(
  ground: Ground,
  { named, tenantId }: { named: string | undefined; tenantId: string },
): Promise<string> {
  const ofService = await listSalts(ground, SERVICE);
  if (named === undefined) {
    const [newest] = ofService;
    if (newest === undefined) throw new ServiceError('unavailable', { detail: 'The service has no salt.' });
    return newest.id;
  }
  if (ofService.some(({ id }) => id === named)) return named;
  const joined = (await ground.db
    .knex('collaboration_members')
    .where({ tenant_id: tenantId, status: 'accepted' })
    .select('collaboration_id')) as { collaboration_id: string }[];
  for (const { collaboration_id: ownerId } of joined) {
    if ((await listSalts(ground, ownerId)).some(({ id }) => id === named)) return named;
  }
  throw new ServiceError('request_invalid', {
    errors: [
      { pointer: '/salt_id', message: 'There is no such salt.', hint: 'GET /v1/salts lists those to hash with.' },
    ],
  });
}

/** Gone for every reader at once; the job then destroys the tables, contributions included. */
async function deleteDataset(
  ground: Ground,
  { caller, tenantId, params }: OperationRequest<'deleteDataset'>,
): Promise<AnswerOf<'deleteDataset'>> {
  const { id } = await getDataset(ground.db, params.dataset_id, tenantId);
  const at = instantOf(ground.clock);
  const event = {
    ...byCaller(caller),
    event: 'dataset.deleted',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id },
    detail: {},
  } as const;
  const ended = { id, tenantId, createdBy: caller.memberId, at };
  const { result } = await auditedTransaction(ground.db, event, (tx) => endDataset(tx, ended));
  return { job_id: result, subject_id: id };
}

function datasetBody(row: DatasetView): Dataset {
  return {
    id: row.id,
    name: row.name,
    schema: JSON.parse(row.schema) as Dataset['schema'],
    salt_id: row.salt_id,
    evidence: row.evidence === null ? null : (JSON.parse(row.evidence) as ConsentEvidence),
    status: row.visible_version_id === null ? 'empty' : 'ready',
    version_id: row.visible_version_id,
    records: row.records ?? 0,
    persons: row.persons ?? 0,
    region: row.region,
    release_regions: row.release_regions === null ? [row.region] : (JSON.parse(row.release_regions) as string[]),
    last_load: lastLoadOf(row),
    retention_months: row.retention_months,
    expires_at: row.expires_at,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function lastLoadOf({ last_outcome }: DatasetView): Dataset['last_load'] {
  if (last_outcome === null) return null;
  const { received, accepted } = JSON.parse(last_outcome) as LoadFigures;
  return { received, accepted };
}
