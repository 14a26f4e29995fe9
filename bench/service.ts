// The service as its users meet it: how fast an upload comes in over loopback and with how much memory, and how long reads
// of fifty clients take while that file is loaded.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadUpload } from '../partner/upload/load-upload.ts';
import { uploadFile } from '../partner/upload/upload-file.ts';
import { type Actor, answer } from './demo/api.ts';
import { machineGrounds } from './demo/grounds.ts';
import { startService } from './demo/service.ts';
import { becomeOperator, foundOrganisations } from './demo/tenants.ts';
import { ONBOARDING_SCHEMA, writeOnboardingFiles } from './onboarding-files.ts';
import { watchMemory } from './peers/tree-memory.ts';

export interface ServiceBenchResult {
  readonly rows: number;
  readonly uploadMegabytesPerSecond: number;
  /** Of the service, its worker and this client together, while the file came in; null where it is unknown. */
  readonly uploadMemoryMb: number | null;
  readonly loadSeconds: number;
  readonly reads: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
}

const CLIENTS = 50;

export async function benchService({ rows }: { rows: number }): Promise<ServiceBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-service-'));
  const service = await startService(folder, machineGrounds(folder));
  try {
    const { left } = await writeOnboardingFiles(folder, rows);
    const operator = await becomeOperator(service);
    const { engineer } = (await foundOrganisations(service, operator, { bench: 'Bench' })).bench;
    const datasetId = await declareDataset(engineer);
    const stop = watchMemory(process.pid);
    const upload = await timedUpload({ serviceUrl: service.url, file: left.path, datasetId, apiKey: engineer.secret });
    const uploadMemoryMb = stop();
    const started = performance.now();
    let loading = true;
    const load = loadUpload({
      service: engineer.api,
      datasetId,
      uploadId: upload.uploadId,
      mode: 'replace',
      signal: new AbortController().signal,
      onProgress: () => {},
    }).finally(() => {
      loading = false;
    });
    const clients = Array.from({ length: CLIENTS }, () => readUntil(engineer, datasetId, () => !loading));
    const loaded = await load;
    const loadSeconds = (performance.now() - started) / 1000;
    if (loaded.status !== 'succeeded') throw new Error(`the load ended ${loaded.status}`);
    const latencies = (await Promise.all(clients)).flat().sort((a, b) => a - b);
    return {
      rows,
      uploadMegabytesPerSecond: Math.round(upload.megabytesPerSecond * 10) / 10,
      uploadMemoryMb,
      loadSeconds: Math.round(loadSeconds * 100) / 100,
      reads: { count: latencies.length, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) },
    };
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function declareDataset({ api }: Actor): Promise<string> {
  const { items } = await answer('fetching the salt', api.GET('/v1/salts'));
  const body = { schema: { ...ONBOARDING_SCHEMA }, salt_id: items[0]?.id ?? '' };
  const dataset = await answer('declaring the dataset', api.POST('/v1/datasets', { body }));
  return dataset.id;
}

/** The digest of the file is made before it is sent, and is no part of the rate. */
async function timedUpload(target: { serviceUrl: string; file: string; datasetId: string; apiKey: string }) {
  let started = performance.now();
  const uploaded = await uploadFile({
    ...target,
    restart: false,
    signal: new AbortController().signal,
    onProgress: ({ phase }) => {
      if (phase === 'checksum') started = performance.now();
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return { uploadId: uploaded.uploadId, megabytesPerSecond: uploaded.bytes / 1e6 / seconds };
}

/** One client: it reads as soon as the answer before is there, and knows how long each took. */
async function readUntil({ api }: Actor, datasetId: string, ended: () => boolean): Promise<number[]> {
  const latencies: number[] = [];
  while (!ended()) {
    const started = performance.now();
    await answer('reading', api.GET('/v1/datasets/{dataset_id}', { params: { path: { dataset_id: datasetId } } }));
    latencies.push(performance.now() - started);
    // A person reads what came back before asking again.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return latencies;
}

function percentile(sorted: readonly number[], part: number): number {
  return Math.round((sorted[Math.floor(sorted.length * part)] ?? Number.NaN) * 10) / 10;
}
