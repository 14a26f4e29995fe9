// What a load stands on before a file is chosen: the salts to hash with, and the dataset that it goes into, if there is one.
import { type DatasetSchema, parseDatasetSchema } from '../../../identifiers/dataset-schema.ts';
import type { Dataset } from '../../../openapi/generated/api.ts';
import { answered, api } from '../api/client.ts';
import { listSaltsToHashWith, type NamedSalt } from './salts.ts';

export interface OnboardingGround {
  readonly salts: readonly NamedSalt[];
  readonly dataset?: Dataset;
  readonly schema?: DatasetSchema;
}

/** Throws ApiProblem. */
export async function readGround(datasetId: string | undefined): Promise<OnboardingGround> {
  const salts = await listSaltsToHashWith();
  if (datasetId === undefined) return { salts };
  const path = { dataset_id: datasetId };
  const dataset = await answered(api.GET('/v1/datasets/{dataset_id}', { params: { path } }));
  return { salts, dataset, schema: parseDatasetSchema(dataset.schema) };
}
