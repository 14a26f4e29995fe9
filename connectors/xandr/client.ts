// Speaks the Batch Segment Service: authenticate, open an upload job, upload its file once, ask until the job has ended.
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Batch } from '../kit/batches.ts';
import type {
  AudienceBook,
  ClientContext,
  DestinationClient,
  PollOutcome,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import type { PlatformJob } from '../kit/progress.ts';
import { type PlatformAnswer, rejectedRows, uploadJobOf } from './answers.ts';
import { avroFileOf } from './avro-file.ts';
import { UPLOAD_SILENCE_MS, UPLOAD_TIMEOUT_MS } from './limits.ts';
import { fileOf } from './payload.ts';
import { segmentBook } from './segments.ts';
import { XandrSession } from './session.ts';
import type { XandrCredentials, XandrSettings } from './settings.ts';

/** Phases in which the platform has the whole file. */
const RECEIVED: ReadonlySet<unknown> = new Set(['validating', 'processing', 'completed']);

export class XandrClient implements DestinationClient {
  readonly #settings: XandrSettings;
  readonly #context: ClientContext;
  readonly #session: XandrSession;

  constructor(options: { settings: XandrSettings; credentials: XandrCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#context = options.context;
    this.#session = new XandrSession({ ...options, apiUrl: options.settings.api_url });
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

  get audiences(): AudienceBook {
    return segmentBook(this.#session, this.#settings);
  }

  async reauthenticate(): Promise<void> {
    await this.#session.renew();
  }

  async test(): Promise<void> {
    await this.#session.call({
      method: 'GET',
      url: this.#session.apiUrl('/batch-segment', { member_id: String(this.#settings.member_id) }),
    });
  }

  /** A job opened before a kill or a fault, if the platform has its whole file; otherwise a new one is due. */
  async #findReceived(job: PlatformJob): Promise<PlatformJob | undefined> {
    const phase = phaseOf(await this.#findJob(job.id));
    return RECEIVED.has(phase) ? { id: job.id, phase, details: {} } : undefined;
  }

  async #openJob(): Promise<PlatformJob> {
    const url = this.#session.apiUrl('/batch-segment', { member_id: String(this.#settings.member_id) });
    const opened = uploadJobOf(await this.#session.call({ method: 'POST', url, body: [] }));
    if (typeof opened.upload_url !== 'string')
      throw new PermanentError('answer_invalid', 'the platform gave no upload address');
    return { id: String(opened.job_id), phase: 'starting', details: { upload_url: opened.upload_url } };
  }

  async #upload(batch: Batch, uploadUrl: string): Promise<void> {
    const body = await bodyOf(batch, this.#settings, this.#context.delivery.startedAtMs);
    // A form type would leave the file silently unprocessed.
    const headers = { 'content-type': 'application/octet-stream' };
    await this.#session.call({
      method: 'POST',
      url: uploadUrl,
      headers,
      body,
      timeoutMs: UPLOAD_TIMEOUT_MS,
      silenceMs: UPLOAD_SILENCE_MS,
    });
  }

  async #findJob(jobId: string): Promise<PlatformAnswer> {
    const url = this.#session.apiUrl('/batch-segment', { member_id: String(this.#settings.member_id), job_id: jobId });
    return uploadJobOf(await this.#session.call({ method: 'GET', url }));
  }
}

/** Avro is packed inside and refused when packed once more. */
export async function bodyOf(batch: Batch, settings: XandrSettings, startedAtMs: number): Promise<Buffer[]> {
  if (settings.file_form === 'avro') return avroFileOf(batch, settings, startedAtMs);
  const file = fileOf(batch, settings, startedAtMs);
  return settings.gzip ? ((await Readable.from(file).pipe(createGzip()).toArray()) as Buffer[]) : file;
}

const phaseOf = (job: PlatformAnswer): string =>
  typeof job.phase === 'string' && /^[a-z]{1,20}$/.test(job.phase) ? job.phase : 'unknown';

const reasonOf = (job: PlatformAnswer): string =>
  typeof job.error_code === 'string' && /^[a-z_-]{1,40}$/i.test(job.error_code) ? job.error_code : 'no code';
