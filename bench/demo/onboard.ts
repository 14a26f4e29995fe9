// One partner's way in: dataset declared, salt fetched, file hashed on its own machine, uploaded, loaded.
import type { Load } from '../../openapi/generated/api.ts';
import { answer, DemoFailure } from './api.ts';
import type { PartnerFiles } from './files.ts';
import { fetchSalt, type HashedFile, hashOnPartnersMachine, uploadAndLoad } from './partner.ts';
import type { Organisation } from './tenants.ts';

export interface Onboarded {
  readonly datasetId: string;
  readonly hashed: HashedFile;
  readonly load: Load;
}

export async function onboard(
  service: { url: string },
  organisation: Organisation,
  files: PartnerFiles,
  schema: object,
): Promise<Onboarded> {
  const { engineer, name } = organisation;
  const { saltId } = await fetchSalt(engineer, files);
  const body = { schema: { ...schema }, salt_id: saltId };
  const dataset = await answer(`${name} declaring its dataset`, engineer.api.POST('/v1/datasets', { body }));
  const hashed = await hashOnPartnersMachine(files);
  const load = await uploadAndLoad(service, engineer, { files, datasetId: dataset.id });
  if (load.error) throw new DemoFailure(`${name} loading: ${load.error.code} (${load.error.hint})`);
  return { datasetId: dataset.id, hashed, load };
}
