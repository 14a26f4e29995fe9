// Which people an audience draws on in the engine, what consent is on record for them, who suppressed whom,
// and by which column of which side a destination reaches them.
import type { Knex } from 'knex';
import type { Destination } from '../../connectors/kit/define-destination.ts';
import { checkFields } from '../../connectors/kit/settings.ts';
import { type DatasetSchema, parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { Side } from '../../matching/audience-sql.ts';
import type { LoadedConsentClass } from '../../matching/load-request.ts';
import { type ActivationColumn, activationColumns } from '../../matching/tables.ts';
import type { ConsentEvidence } from '../../openapi/generated/api.ts';
import type { ConsentClass, Transfer } from '../../policies/consent.ts';
import type { AudienceGrounds } from '../activations/activation-grounds.ts';
import { evidenceMarks } from '../consents/consent-record.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';
import { PermanentFailure } from '../jobs/job.ts';
import { isListAbout, type ListedTransfer, type SuppressionListRow } from '../suppression/suppression-store.ts';
import { consentClassesOf } from './consent-on-record.ts';

export interface DeliverySide {
  readonly side: Side;
  readonly tenantId: string;
  readonly datasetId: string;
  readonly version: string;
  /** The id of the contribution's tables; absent over an own dataset. */
  readonly contribution: string | undefined;
  readonly schema: DatasetSchema;
  /** What its sources say of the persons of a class, for one transfer; of columns of strings the engine knows more. */
  readonly consentOf: (consentClass: number, transfer: Transfer) => readonly ConsentClass[];
  readonly evidenceMarks: { readonly grants: string; readonly withdrawals: string };
  readonly suppressionLists: readonly string[];
  /** How many entries each list has: what tells one state of it from another. */
  readonly suppressionMarks: readonly string[];
}

interface Place {
  readonly side: Side;
  readonly datasetId: string;
  /** Undefined: the version that is visible now. */
  readonly version: string | undefined;
  readonly contribution: string | undefined;
}

/** With a transfer, only the suppressions that are about it. */
export async function getDeliverySides(
  knex: Knex,
  grounds: AudienceGrounds,
  transfer?: ListedTransfer,
): Promise<DeliverySide[]> {
  return Promise.all(placesOf(grounds).map((place) => getSide(knex, place, transfer)));
}

function placesOf({ audience, matched }: AudienceGrounds): Place[] {
  if (matched === undefined) {
    const version = audience.versionId ?? undefined;
    return [{ side: 'left', datasetId: audience.datasetId ?? '', version, contribution: undefined }];
  }
  const { match, left, right } = matched;
  if (match.status !== 'ready') {
    const detail =
      'A contribution, a rule of matching or a key has changed since: match again and refresh the audience.';
    throw new PermanentFailure({ code: 'match_stale', detail });
  }
  return [
    { side: 'left', datasetId: left.datasetId, version: left.versionId ?? undefined, contribution: match.leftEngineId },
    {
      side: 'right',
      datasetId: right.datasetId,
      version: right.versionId ?? undefined,
      contribution: match.rightEngineId,
    },
  ];
}

export async function getSide(knex: Knex, place: Place, transfer?: ListedTransfer): Promise<DeliverySide> {
  const dataset = (await knex('datasets').where({ id: place.datasetId }).first()) as
    | { tenant_id: string; schema: string; evidence: string | null; visible_version_id: string | null }
    | undefined;
  const version = place.version ?? dataset?.visible_version_id;
  if (!dataset || !version) {
    throw new PermanentFailure({ code: 'dataset_empty', detail: 'The dataset has no loaded version.' });
  }
  const row = (await knex('dataset_versions').where({ id: version }).first('detail')) as { detail: string } | undefined;
  const schema = parseDatasetSchema(JSON.parse(dataset.schema));
  // A list without entries, or whose entries are destroyed, has no table in the engine.
  const filled = (await knex<SuppressionListRow>('suppression_lists')
    .where({ tenant_id: dataset.tenant_id, state: 'active' })
    .where('entries', '>', 0)
    .orderBy('id')
    .select('id', 'entries', 'purposes', 'destination_kinds', 'destination_ids')) as SuppressionListRow[];
  const lists = filled.filter((list) => transfer === undefined || isListAbout(list, transfer));
  // A class that the load did not describe is one nobody knows anything about.
  const consentClasses = consentClassesOf({
    loaded: (JSON.parse(row?.detail ?? '{}') as { consentClasses?: LoadedConsentClass[] }).consentClasses ?? [],
    schema,
    evidence: dataset.evidence === null ? null : (JSON.parse(dataset.evidence) as ConsentEvidence),
  });
  return {
    side: place.side,
    tenantId: dataset.tenant_id,
    datasetId: place.datasetId,
    version,
    contribution: place.contribution,
    schema,
    consentOf: (id) => [consentClasses.get(id) ?? { id, source: 'none', grants: [] }],
    evidenceMarks: await evidenceMarks(knex, dataset.tenant_id),
    suppressionLists: lists.map(({ id }) => id),
    suppressionMarks: lists.map(({ entries }) => String(entries)),
  };
}

export interface Reach {
  readonly side: DeliverySide;
  readonly column: ActivationColumn;
  /** All columns of digests that make up a member, of a destination that takes members. */
  readonly composed?: readonly ActivationColumn[];
}

/** The first column, in the destination's order of preference, that holds ids it takes. Throws PermanentFailure. */
export function reachOf(
  sides: readonly DeliverySide[],
  declared: Destination,
  configured: ConfiguredDestination,
): Reach {
  // The stored settings are as they were given; the defaults come from the declaration.
  const { values } = checkFields(declared.settingFields, configured.settings);
  const types = declared.idTypes(values);
  // Flags go back on a tenant's own records, never on those of a partner.
  const reached = declared.returnsRecords ? sides.filter(({ tenantId }) => tenantId === configured.tenantId) : sides;
  for (const type of types) {
    for (const side of reached) {
      const [column, ...more] = activationColumns(side.schema).filter(
        (candidate) => candidate.type === type && isForPlatform(candidate, declared, values),
      );
      if (column === undefined) continue;
      return declared.composesMembers?.(values) ? { side, column, composed: [column, ...more] } : { side, column };
    }
  }
  const whose = declared.returnsRecords ? 'No dataset of your own' : 'No contributed dataset';
  const detail = `${whose} has an activation-id column of a type that ${declared.title} takes: ${types.join(', ')}.`;
  throw new PermanentFailure({ code: 'activation_id_column_missing', detail });
}

/** A digest made by one platform's rules means nothing to another, and is not shown to it. */
function isForPlatform({ type, profile }: ActivationColumn, declared: Destination, settings: unknown): boolean {
  return type !== 'platform-digest' || (declared.acceptsProfile?.(settings, profile ?? '') ?? true);
}
