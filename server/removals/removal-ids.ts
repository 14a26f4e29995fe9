// Opens the ids of a removal on their way out, as a delivery does. The columns are those of the datasets that the audience drew
// on; of which of them an id is, the seal itself says, since it opens under one profile alone.
import type { Destination } from '../../connectors/kit/define-destination.ts';
import { checkFields } from '../../connectors/kit/settings.ts';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { activationColumns } from '../../matching/tables.ts';
import { getAudienceGrounds } from '../activations/activation-grounds.ts';
import { sealedIdOpener } from '../deliveries/sealed-ids.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';
import type { Ground } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';

type OpenId = (id: string) => string;

/** Undefined where the destination takes ids that are not sealed. */
export async function removalIdOpener(
  ground: Ground,
  of: { audienceId: string; destination: ConfiguredDestination; declared: Destination },
): Promise<OpenId | undefined> {
  const { declared } = of;
  const { values } = checkFields(declared.settingFields, of.destination.settings);
  const { audience, matched } = await getAudienceGrounds(ground.db.knex, { audienceId: of.audienceId });
  const datasets =
    matched === undefined ? [audience.datasetId ?? ''] : [matched.left.datasetId, matched.right.datasetId];
  const openers: OpenId[] = [];
  for (const datasetId of datasets) {
    const row = (await ground.db.knex('datasets').where({ id: datasetId }).first('schema')) as
      | { schema: string }
      | undefined;
    if (row === undefined) continue;
    const columns = activationColumns(parseDatasetSchema(JSON.parse(row.schema))).filter(
      ({ type, profile }) => type === 'platform-digest' && (declared.acceptsProfile?.(values, profile ?? '') ?? true),
    );
    const side = { datasetId };
    const [first] = columns;
    if (first === undefined) continue;
    if (declared.composesMembers?.(values)) {
      openers.push(await required(sealedIdOpener(ground, { side, column: first, composed: columns })));
    } else for (const column of columns) openers.push(await required(sealedIdOpener(ground, { side, column })));
  }
  return openers.length === 0 ? undefined : (id) => (isSealed(id) ? openWithAny(openers, id) : id);
}

const isSealed = (id: string): boolean => /(^|:)sealed1\./.test(id);

async function required(opener: Promise<OpenId | undefined>): Promise<OpenId> {
  const open = await opener;
  if (open === undefined) throw new Error('a column of platform digests is sealed');
  return open;
}

function openWithAny(openers: readonly OpenId[], id: string): string {
  let failure: unknown;
  for (const open of openers) {
    try {
      return open(id);
    } catch (error) {
      if (!(error instanceof PermanentFailure)) throw error;
      failure = error;
    }
  }
  throw failure;
}
