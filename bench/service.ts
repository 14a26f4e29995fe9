// The service as its users meet it: how fast an upload comes in over loopback and with how much memory at two sizes, and how long
// reads of fifty clients take while that file is loaded, with a pause between two reads of a client and without one.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
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
import { type ReadFigures, startReaders } from './service-readers.ts';

/** Peaks of the service, its worker and this client together, in megabytes; null where it is unknown. */
interface UploadMemory {
  readonly idleMb: number | null;
  readonly ofATenthMb: number | null;
  readonly ofTheWholeMb: number | null;
}

export interface ServiceBenchResult {
  readonly rows: number;
  readonly uploadMegabytes: number;
  readonly uploadMegabytesPerSecond: number;
  readonly uploadMemory: UploadMemory;
  /** Each beside a load of the whole file. */
  readonly reads: readonly (ReadFigures & { readonly loadSeconds: number })[];
}

const CLIENTS = 50;
/** A person looks at what came back before asking again; 0 is nobody, and the hardest there is. */
const PAUSES_MS = [200, 0];
const IDLE_MS = 1_000;
/** The clients read for so long before the load is asked for, and that does not count. */
const WARM_UP_MS = 3_000;

/** Who uploads, and where to. */
interface Sender {
  readonly engineer: Actor;
  readonly serviceUrl: string;
  readonly datasetId: string;
}

export async function benchService({ rows }: { rows: number }): Promise<ServiceBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-service-'));
  const service = await startService(folder, machineGrounds(folder));
  try {
    const file = await writeLeft(folder, rows);
    const tenth = await writeLeft(join(folder, 'tenth'), Math.ceil(rows / 10));
    const operator = await becomeOperator(service);
    const { engineer } = (await foundOrganisations(service, operator, { bench: 'Bench' })).bench;
    const sender = { engineer, serviceUrl: service.url, datasetId: await declareDataset(engineer) };
    const idleMb = await peakWhile(() => new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
    const ofATenthMb = await peakWhile(() => upload(sender, tenth));
    // Looking at memory takes time from the client, so the rate is taken of an upload that nobody looks at.
    const timed = await upload(sender, file);
    const ofTheWholeMb = await peakWhile(() => upload(sender, file));
    const reads = [];
    for (const pauseMs of PAUSES_MS) reads.push(await readWhileLoading(sender, { file, pauseMs }));
    return {
      rows,
      uploadMegabytes: Math.round(timed.megabytes),
      uploadMegabytesPerSecond: Math.round((timed.megabytes / timed.seconds) * 10) / 10,
      uploadMemory: { idleMb, ofATenthMb, ofTheWholeMb },
      reads,
    };
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeLeft(folder: string, rows: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { left, right } = await writeOnboardingFiles(folder, rows);
  await rm(right.path);
  return left.path;
}

async function declareDataset({ api }: Actor): Promise<string> {
  const { items } = await answer('fetching the salt', api.GET('/v1/salts'));
  const body = { schema: { ...ONBOARDING_SCHEMA }, salt_id: items[0]?.id ?? '' };
  const dataset = await answer('declaring the dataset', api.POST('/v1/datasets', { body }));
  return dataset.id;
}

async function peakWhile(work: () => Promise<unknown>): Promise<number | null> {
  const stop = watchMemory(process.pid);
  await work();
  return stop();
}

/** The digest of the file is made before it is sent, and is no part of the time. */
async function upload({ engineer, serviceUrl, datasetId }: Sender, file: string) {
  let started = performance.now();
  const uploaded = await uploadFile({
    ...{ serviceUrl, datasetId, file, apiKey: engineer.secret },
    restart: true,
    signal: new AbortController().signal,
    onProgress: ({ phase }) => {
      if (phase === 'checksum') started = performance.now();
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return { uploadId: uploaded.uploadId, megabytes: uploaded.bytes / 1e6, seconds };
}

async function readWhileLoading(sender: Sender, { file, pauseMs }: { file: string; pauseMs: number }) {
  const { engineer, serviceUrl, datasetId } = sender;
  const { uploadId } = await upload(sender, file);
  const paths = [`/v1/datasets/${datasetId}`, '/v1/datasets', `/v1/uploads/${uploadId}`, '/v1/jobs'];
  const readers = startReaders({ serviceUrl, secret: engineer.secret, paths, clients: CLIENTS, pauseMs });
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  readers.count();
  const started = performance.now();
  const loaded = await loadUpload({
    ...{ service: engineer.api, datasetId, uploadId, mode: 'replace' },
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const loadSeconds = Math.round((performance.now() - started) / 10) / 100;
  const figures = await readers.stop();
  if (loaded.status !== 'succeeded') throw new Error(`the load ended ${loaded.status}`);
  return { ...figures, loadSeconds };
}
