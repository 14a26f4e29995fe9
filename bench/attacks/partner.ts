// What a partner can do over HTTP: load lists, ask questions, read what is shown. Attacks have these hands and no others.
import { createHash } from 'node:crypto';
import type { AnalysisResult, ConsentEvidence, DatasetSchema, Run, RunRequest } from '../../openapi/generated/api.ts';
import { type Actor, answer, DemoFailure } from '../demo/api.ts';
import type { Organisation } from '../demo/tenants.ts';
import type { Address } from './attack.ts';

/** One line of a list: who, by which identifiers, and what the attacker writes beside it. */
export interface Row {
  readonly email?: string;
  readonly phone?: string;
  readonly attributes?: readonly string[];
}

export interface ListShape {
  readonly name: string;
  readonly identifiers: readonly ('email' | 'phone')[];
  /** Columns in the order of the rows' attributes. */
  readonly attributes?: Readonly<Record<string, object>>;
}

export interface LoadMode {
  readonly mode: 'replace' | 'upsert' | 'delete';
}

export async function saltOf({ engineer }: Organisation): Promise<{ id: string; value: string }> {
  const { items } = await answer('reading the salt', engineer.api.GET('/v1/salts'));
  const [salt] = items;
  if (!salt) throw new DemoFailure('reading the salt: there is none');
  return salt;
}

/** Everybody agreed: consent is not what these attacks are about. */
const CONSENT: ConsentEvidence = {
  purposes: ['advertising'],
  destinations: ['file', 'webhook'],
  text_sha256: createHash('sha256').update('We show you advertising.').digest('hex'),
  source: 'sign-up form',
};

export async function declareList({ engineer }: Organisation, shape: ListShape): Promise<string> {
  const salt = await saltOf({ engineer } as Organisation);
  const identifiers = shape.identifiers.map((type) => [type, { role: 'identifier', type }]);
  const schema = {
    name: shape.name,
    columns: { id: { role: 'record-id' }, ...Object.fromEntries(identifiers), ...shape.attributes },
  } as unknown as DatasetSchema;
  const dataset = await answer(
    'declaring a list',
    engineer.api.POST('/v1/datasets', { body: { schema, salt_id: salt.id, evidence: CONSENT } }),
  );
  return dataset.id;
}

/** Hashed as the partner's command line hashes: SHA-256 of salt, type and normalised value. */
export async function loadList(
  service: Address,
  owner: Organisation,
  of: { datasetId: string; shape: ListShape; rows: readonly Row[] } & LoadMode,
): Promise<void> {
  const { engineer } = owner;
  const { value: salt } = await saltOf(owner);
  const digest = (type: 'email' | 'phone', value: string | undefined) =>
    value === undefined ? '' : createHash('sha256').update(`${salt}:${type}:${value}`).digest('hex');
  const { identifiers, attributes = {} } = of.shape;
  const header = ['id', ...identifiers, ...Object.keys(attributes)].join(',');
  const lines = of.rows.map((row) =>
    [
      digest('email', row.email ?? row.phone).slice(0, 20),
      ...identifiers.map((type) => digest(type, row[type])),
      ...(row.attributes ?? []).slice(0, Object.keys(attributes).length),
    ].join(','),
  );
  const uploadId = await upload(service, engineer, Buffer.from(`${header}\n${lines.join('\n')}\n`));
  const params = { path: { dataset_id: of.datasetId } };
  const body = { upload_id: uploadId, mode: of.mode };
  const load = await answer('loading a list', engineer.api.POST('/v1/datasets/{dataset_id}/loads', { params, body }));
  await jobEnded('loading a list', engineer, load.job_id);
}

/** In one piece by the tus protocol. */
async function upload(service: Address, { secret }: Actor, bytes: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const metadata = Object.entries({ filename: 'list.csv', sha256 }).map(
    ([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`,
  );
  const headers = { authorization: `Bearer ${secret}`, 'tus-resumable': '1.0.0', connection: 'close' };
  const made = await fetch(`${service.url}/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(bytes.length), 'upload-metadata': metadata.join(',') },
  });
  const location = made.headers.get('location');
  if (made.status !== 201 || location === null) throw new DemoFailure(`uploading a list: HTTP ${made.status}`);
  const sent = await fetch(`${service.url}${location}`, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: Uint8Array.from(bytes),
  });
  if (sent.status !== 204) throw new DemoFailure(`uploading a list: HTTP ${sent.status}`);
  return location.split('/').at(-1) ?? '';
}

export interface Answered {
  readonly run: Run;
  /** Null when nothing was shown. */
  readonly result: AnalysisResult | null;
  readonly picoRho: number;
}

/** Looks seldom, since many attacks look at once: a look costs the service about as much as the job. */
export async function jobEnded(step: string, { api }: Actor, jobId: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const path = { job_id: jobId };
  for (let pauseMs = LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, SELDOM_MS)) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const job = await answer(step, api.GET('/v1/jobs/{job_id}', { params: { path } }));
    if (job.status === 'succeeded') return;
    if (!['queued', 'running'].includes(job.status)) {
      throw new DemoFailure(`${step}: the job ${job.status}: ${job.error?.code ?? ''} ${job.error?.detail ?? ''}`);
    }
    if (performance.now() > deadline) throw new DemoFailure(`${step}: the job is still ${job.progress.phase}`);
  }
}

const SELDOM_MS = 600;
const FIRST_LOOK_MS = 520;
const LOOK_MS = 150;
const PATIENCE_MS = 900_000;

/** Asks and waits for the end, whatever it is; a request that is refused at once throws DemoFailure. */
export async function ask(analyst: Actor, collaborationId: string, body: RunRequest): Promise<Answered> {
  const params = { path: { collaboration_id: collaborationId } };
  const step = `asking for ${body.analysis}`;
  const asked = await answer(step, analyst.api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }));
  return answered(analyst, asked.id, step);
}

export async function answered(analyst: Actor, runId: string, step: string): Promise<Answered> {
  const deadline = performance.now() + PATIENCE_MS;
  const path = { run_id: runId };
  for (
    let pauseMs = FIRST_LOOK_MS;
    ;
    pauseMs = pauseMs === FIRST_LOOK_MS ? LOOK_MS : Math.min(pauseMs * 1.5, SELDOM_MS)
  ) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const run = await answer(step, analyst.api.GET('/v1/runs/{run_id}', { params: { path } }));
    if (run.status !== 'queued' && run.status !== 'running') {
      return { run, result: run.result, picoRho: run.cost.pico_rho };
    }
    if (performance.now() > deadline) throw new DemoFailure(`${step}: still ${run.status}`);
  }
}

/** The one figure of an answer with one cell; null for "fewer than". */
export function figureOf({ result }: Answered): number | null {
  return result?.metrics[0]?.cells[0]?.value ?? null;
}
