// Everything that a person has confirmed before hashing begins, and what is asked of the service after it.
import type { DatasetSchema } from '../../../identifiers/dataset-schema.ts';
import type { LoadMode } from '../../../openapi/generated/api.ts';
import { answered, api } from '../api/client.ts';
import { session } from '../session.ts';
import type { HashedFile } from './hash-words.ts';
import { type KeptUpload, saveKept } from './kept-files.ts';

export interface LoadPlan {
  readonly file: File;
  readonly schema: DatasetSchema;
  readonly leftOut: readonly string[];
  readonly salt: { readonly id: string; readonly value: string };
  readonly mode: LoadMode;
  /** Undefined for a dataset that is made once the file is hashed. */
  readonly datasetId?: string;
  readonly keptAs: string;
}

/** Makes the dataset where there is none yet, and notes the upload so that a reload can go on with it. Throws ApiProblem. */
export async function noteUpload(plan: LoadPlan, hashed: HashedFile): Promise<KeptUpload> {
  const datasetId = plan.datasetId ?? (await createDataset(plan));
  const kept: KeptUpload = {
    version: 1,
    keptAs: plan.keptAs,
    tenantId: session.value?.tenant?.id ?? '',
    datasetId,
    datasetName: plan.schema.name,
    filename: `${plan.file.name.replace(/\.(gz|zst)$/i, '').replace(/\.(csv|txt|tsv)$/i, '')}.hashed.csv`,
    mode: plan.mode,
    bytes: hashed.bytes,
    sha256: hashed.sha256,
    accepted: hashed.summary.accepted,
    keptAtMs: Date.now(),
  };
  await saveKept(kept);
  return kept;
}

async function createDataset({ schema, salt }: LoadPlan): Promise<string> {
  const body = { schema: { ...schema, columns: { ...schema.columns } }, salt_id: salt.id };
  return (await answered(api.POST('/v1/datasets', { body }))).id;
}

/** One load for an upload, however often it is asked for. Answers its id. Throws ApiProblem. */
export async function requestLoad({ datasetId, mode }: KeptUpload, uploadId: string): Promise<string> {
  const { id } = await answered(
    api.POST('/v1/datasets/{dataset_id}/loads', {
      params: { path: { dataset_id: datasetId }, header: { 'Idempotency-Key': `load-${uploadId}-${mode}` } },
      body: { upload_id: uploadId, mode },
    }),
  );
  return id;
}
