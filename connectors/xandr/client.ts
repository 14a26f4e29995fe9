// Speaks the Batch Segment Service: authenticate, open an upload job, upload its file once, ask until the job has ended.
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Batch } from '../kit/batches.ts';
import type {
  ClientContext,
  DestinationClient,
  PollOutcome,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import type { EgressRequest } from '../kit/egress.ts';
import { AuthenticationError, PermanentError, ThrottledError } from '../kit/errors.ts';
import type { PlatformJob } from '../kit/progress.ts';
import { type PlatformAnswer, readAnswer, rejectedRows, uploadJobOf } from './answers.ts';
import { AUTHENTICATION_WINDOW_MS, MAX_AUTHENTICATIONS, UPLOAD_SILENCE_MS, UPLOAD_TIMEOUT_MS } from './limits.ts';
import { fileOf } from './payload.ts';
import type { XandrCredentials, XandrSettings } from './settings.ts';

/** Phases in which the platform has the whole file. */
const RECEIVED: ReadonlySet<unknown> = new Set(['validating', 'processing', 'completed']);

export class XandrClient implements DestinationClient {
  readonly #settings: XandrSettings;
  readonly #credentials: XandrCredentials;
  readonly #context: ClientContext;
  #token: string | undefined;
  #authenticationsMs: number[] = [];

  constructor(options: { settings: XandrSettings; credentials: XandrCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#credentials = options.credentials;
    this.#context = options.context;
  }

  async send(batch: Batch, context: SendContext): Promise<SendOutcome> {
    const received = context.job === undefined ? undefined : await this.#findReceived(context.job);
    if (received !== undefined) return { state: 'submitted', job: received };
    const job = await this.#openJob();
    // Saved before the first byte goes out: the address serves one upload, so after a broken one only the phase tells.
    await context.saveJob(job);
    await this.#upload(batch, String(job.details.upload_url));
    return { state: 'submitted', job: { id: job.id, phase: 'uploading', details: {} } };
  }

  async poll(job: PlatformJob): Promise<PollOutcome> {
    const found = await this.#findJob(job.id);
    const phase = phaseOf(found);
    if (phase === 'completed') return { state: 'taken', phase, rejected: rejectedRows(found) };
    if (phase === 'error') return { state: 'failed', phase, rejected: rejectedRows(found), reason: reasonOf(found) };
    return { state: 'running', phase };
  }

  async reauthenticate(): Promise<void> {
    this.#token = undefined;
    await this.#authenticate();
  }

  async test(): Promise<void> {
    await this.#call({
      method: 'GET',
      url: this.#apiUrl('/batch-segment', { member_id: String(this.#settings.member_id) }),
    });
  }

  /** A job opened before a kill or a fault, if the platform has its whole file; otherwise a new one is due. */
  async #findReceived(job: PlatformJob): Promise<PlatformJob | undefined> {
    const phase = phaseOf(await this.#findJob(job.id));
    return RECEIVED.has(phase) ? { id: job.id, phase, details: {} } : undefined;
  }

  async #openJob(): Promise<PlatformJob> {
    const url = this.#apiUrl('/batch-segment', { member_id: String(this.#settings.member_id) });
    const opened = uploadJobOf(await this.#call({ method: 'POST', url, body: [] }));
    if (typeof opened.upload_url !== 'string')
      throw new PermanentError('answer_invalid', 'the platform gave no upload address');
    return { id: String(opened.job_id), phase: 'starting', details: { upload_url: opened.upload_url } };
  }

  async #upload(batch: Batch, uploadUrl: string): Promise<void> {
    const file = fileOf(batch, this.#settings, this.#context.delivery.startedAtMs);
    const body = this.#settings.gzip ? await packed(file) : file;
    // A form type would leave the file silently unprocessed.
    const headers = { 'content-type': 'application/octet-stream' };
    await this.#call({
      method: 'POST',
      url: uploadUrl,
      headers,
      body,
      timeoutMs: UPLOAD_TIMEOUT_MS,
      silenceMs: UPLOAD_SILENCE_MS,
    });
  }

  async #findJob(jobId: string): Promise<PlatformAnswer> {
    const url = this.#apiUrl('/batch-segment', { member_id: String(this.#settings.member_id), job_id: jobId });
    return uploadJobOf(await this.#call({ method: 'GET', url }));
  }

  /** With the token; an AuthenticationError makes the kit call `reauthenticate` once. */
  async #call(request: EgressRequest): Promise<PlatformAnswer> {
    const token = this.#token ?? (await this.#authenticate());
    const answer = await this.#context.egress.send({
      ...request,
      headers: { ...request.headers, authorization: token },
    });
    return readAnswer(answer, this.#context.clock.now());
  }

  async #authenticate(): Promise<string> {
    const nowMs = this.#context.clock.now();
    this.#authenticationsMs = this.#authenticationsMs.filter((atMs) => nowMs - atMs < AUTHENTICATION_WINDOW_MS);
    if (this.#authenticationsMs.length >= MAX_AUTHENTICATIONS) {
      throw new ThrottledError('throttled', 'too many authentications in five minutes', {
        retryAfterMs: AUTHENTICATION_WINDOW_MS,
      });
    }
    this.#authenticationsMs.push(nowMs);
    const { username, password } = this.#credentials;
    const body = [Buffer.from(JSON.stringify({ auth: { username, password } }))];
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#context.egress.send({ method: 'POST', url: this.#apiUrl('/auth', {}), headers, body });
    const { token } = readAuthentication(() => readAnswer(answer, nowMs));
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
      throw new PermanentError('answer_invalid', 'the platform gave no token');
    }
    this.#token = token;
    return token;
  }

  #apiUrl(path: string, query: Record<string, string>): string {
    const base = this.#settings.api_url.replace(/\/+$/, '');
    const search = new URLSearchParams(query).toString();
    return `${base}${path}${search === '' ? '' : `?${search}`}`;
  }
}

/** NOAUTH in answer to the credentials themselves is final: a second try would only lock the account. */
function readAuthentication(read: () => PlatformAnswer): PlatformAnswer {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw new PermanentError('authentication', 'the platform refused user name and password', { cause: error });
  }
}

function packed(file: readonly Buffer[]): Promise<Buffer[]> {
  return Readable.from(file).pipe(createGzip()).toArray() as Promise<Buffer[]>;
}

const phaseOf = (job: PlatformAnswer): string =>
  typeof job.phase === 'string' && /^[a-z]{1,20}$/.test(job.phase) ? job.phase : 'unknown';

const reasonOf = (job: PlatformAnswer): string =>
  typeof job.error_code === 'string' && /^[a-z_-]{1,40}$/i.test(job.error_code) ? job.error_code : 'no code';
