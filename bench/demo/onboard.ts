// One partner's way in: dataset declared, salt fetched, file hashed on its own machine, uploaded, loaded.
import type { Load } from '../../openapi/generated/api.ts';
import { answer, DemoFailure, jobDone } from './api.ts';
import type { PartnerFiles } from './files.ts';
import { fetchSalt, type HashedFile, hashOnPartnersMachine, uploadHashed } from './partner.ts';
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
  const { uploadId } = await uploadHashed(service, engineer, { files, datasetId: dataset.id, mode: 'replace' });
  const step = `${name} loading`;
  const asked = await answer(
    step,
    engineer.api.POST('/v1/datasets/{dataset_id}/loads', {
      params: { path: { dataset_id: dataset.id } },
      body: { upload_id: uploadId, mode: 'replace' },
    }),
  );
  await jobDone(step, engineer, asked.job_id);
  const params = { path: { load_id: asked.id } };
  const load = await answer(step, engineer.api.GET('/v1/loads/{load_id}', { params }));
  if (load.error) throw new DemoFailure(`${step}: ${load.error.code} (${load.error.hint})`);
  return { datasetId: dataset.id, hashed, load };
}
