// What the tenant's own datasets hold of a person, version by version, with the categories it is of and where it came from.
import { type DatasetSchema, parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { LoadedConsentClass } from '../../matching/load-request.ts';
import { type PersonView, viewPersons } from '../../matching/person-view/person-view.ts';
import { readStoredConsent } from '../../matching/stored-consent.ts';
import { activationColumns, hasConsentStrings } from '../../matching/tables.ts';
import type { HeldDataset, HeldPerson } from '../../openapi/generated/api.ts';
import type { DatasetRow, VersionRow } from '../datasets/dataset-store.ts';
import { sealedIdOpener } from '../deliveries/sealed-ids.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { Sought } from './access-job.ts';
import { RECORDS_AT_MOST } from './limits.ts';

export async function heldDatasets(ground: WorkerGround, sought: Sought): Promise<HeldDataset[]> {
  const { knex } = ground.db;
  const held: HeldDataset[] = [];
  for (const at of sought.scope.versions) {
    const version = await knex<VersionRow>('dataset_versions').where({ id: at.version }).first();
    const dataset = await knex<DatasetRow>('datasets').where({ id: at.dataset }).first();
    if (version === undefined || dataset === undefined) continue;
    const schema = parseDatasetSchema(JSON.parse(dataset.schema));
    const { access, named } = sought;
    const views = await viewPersons(ground.engine, { access, at, schema, named, maxRecords: RECORDS_AT_MOST });
    if (views.length === 0) continue;
    held.push({
      dataset_id: dataset.id,
      name: dataset.name,
      region: dataset.region,
      version_id: version.id,
      is_visible: dataset.visible_version_id === version.id,
      load_id: version.load_id,
      loaded_at: version.created_at,
      expires_at: dataset.expires_at,
      columns: columnsOf(schema),
      persons: await personsOf(ground, { views, schema, version, dataset }),
    });
  }
  return held;
}

function columnsOf({ columns }: DatasetSchema): HeldDataset['columns'] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    role: column.role,
    type: 'type' in column ? column.type : 'kind' in column ? column.kind : null,
  }));
}

interface Viewed {
  readonly views: readonly PersonView[];
  readonly schema: DatasetSchema;
  readonly version: VersionRow;
  readonly dataset: DatasetRow;
}

async function personsOf(ground: WorkerGround, viewed: Viewed): Promise<HeldPerson[]> {
  const ids = await idReader(ground, viewed);
  const consent = await consentReader(ground, viewed);
  return viewed.views.map((view) => ({
    is_named: view.isNamed,
    identifiers: { ...view.identifiers },
    attributes: { ...view.attributes },
    activation_ids: view.activationIds.flatMap(ids),
    consent: consent(view.consentClass),
    records: view.records.map((record) => ({ ...record })),
    records_left_out: view.recordsLeftOut,
  }));
}

type Id = PersonView['activationIds'][number];

/** Opened for the person whose they are, as a delivery would open them for a platform. */
async function idReader(ground: WorkerGround, { schema, dataset }: Viewed) {
  const columns = activationColumns(schema);
  const openers = new Map(
    await Promise.all(
      columns.map(async (column) => {
        const open = await sealedIdOpener(ground, { side: { datasetId: dataset.id }, column });
        return [column.column, open] as const;
      }),
    ),
  );
  return ({ column: place, id }: Id): HeldPerson['activation_ids'] => {
    const column = columns.find((one) => one.column === place);
    if (column === undefined) return [];
    const { name, type, profile = null } = column;
    return [{ column: name, type, profile, id: opened(openers.get(place), id) }];
  };
}

function opened(open: ((id: string) => string) | undefined, id: string): string | null {
  if (!id.startsWith('sealed1.')) return id;
  try {
    return open?.(id) ?? null;
  } catch (error) {
    if (error instanceof PermanentFailure) return null;
    throw error;
  }
}

/** Decoded: of strings as they lie with the version, else as its classes and the evidence of the dataset say. */
async function consentReader(ground: WorkerGround, { schema, version, dataset }: Viewed) {
  type Said = HeldPerson['consent'];
  if (hasConsentStrings(schema)) {
    const stored = await readStoredConsent(ground.engine, version.id);
    return (id: number): Said => (stored.get(id) ?? []).map(({ kind, ...detail }) => ({ kind, detail }));
  }
  const { consentClasses = [] } = JSON.parse(version.detail) as { consentClasses?: LoadedConsentClass[] };
  const classes = new Map(consentClasses.map((one) => [one.id, one]));
  return (id: number): Said => {
    const said = classes.get(id);
    if (said !== undefined && said.source !== 'none') return [{ kind: said.source, detail: { grants: said.grants } }];
    return dataset.evidence === null ? [] : [{ kind: 'dataset-evidence', detail: JSON.parse(dataset.evidence) }];
  };
}
