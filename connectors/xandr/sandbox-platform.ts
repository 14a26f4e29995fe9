// The state of the Xandr sandbox: who is logged in, which jobs are where, who belongs to which segment.
import { createVerify, randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import type { LineLayout } from './legacy-line.ts';
import { MAX_FILE_BYTES, MIN_UPLOAD_INTERVAL_MS } from './limits.ts';
import { isAvro, readAvroUsers } from './sandbox-avro.ts';
import { QuotaAccount, type UploadQuotas } from './sandbox-quotas.ts';
import { SandboxSegmentService } from './sandbox-segment-service.ts';
import {
  applyUsers,
  type Counters,
  type FileUsers,
  type Memberships,
  newCounters,
  textOf,
  usersOfText,
} from './sandbox-segments.ts';
import { StreamPace, streamAnswer } from './sandbox-streaming.ts';

const TOKEN_LIFE_MS = 7_200_000;
const UPLOAD_URL_LIFE_MS = 300_000;
const AUTHENTICATIONS = { most: 10, windowMs: 300_000 };
const PHASES = ['uploading', 'validating', 'processing', 'completed'];
const DEFAULT_LAYOUT: LineLayout = {
  separators: [';', ',', ':', '\t', '^'],
  fields: ['SEG_ID', 'EXPIRATION', 'VALUE'],
};

interface Job {
  readonly id: number;
  readonly jobId: string;
  readonly memberId: number;
  readonly openedAtMs: number;
  phase: string;
  users: FileUsers | undefined;
  text: string;
  used: boolean;
  errorCode: string | null;
  counters: Counters;
}

export interface PlatformOptions {
  readonly clock: Clock;
  readonly username?: string;
  readonly password?: string;
  readonly layout?: LineLayout;
  /** Segments that exist, by id or code; any unless told. */
  readonly segments?: readonly string[];
  isKnownUser?(uid: string): boolean;
  /** Answer with an array of one job, as to data providers. */
  readonly jobAsArray?: boolean;
  readonly maxFileBytes?: number;
  /** PEM of the key that is registered as sandbox-key. */
  readonly publicKey?: string;
  readonly maxStreamedUsers?: number;
  /** False for a sender whose clock does not wait: the streaming service then takes whatever comes within a second. */
  readonly isPaced?: boolean;
  /** One upload a minute unless told. */
  readonly minUploadIntervalMs?: number;
  /** Bytes and lines an hour and a day that the member may upload. */
  readonly quotas?: UploadQuotas;
}

export class XandrSandboxPlatform {
  readonly memberships: Memberships = new Map();
  /** Texts of the files processed, in order. */
  readonly files: string[] = [];
  readonly segmentService = new SandboxSegmentService();
  baseUrl = '';
  jobsToFail = 0;
  readonly #options: PlatformOptions;
  readonly #tokens = new Map<string, number>();
  readonly #authenticationsMs: number[] = [];
  readonly #jobs = new Map<string, Job>();
  readonly #lastUploadMs = new Map<number, number>();
  readonly #quotas: QuotaAccount;
  readonly #streamPace = new StreamPace();

  constructor(options: PlatformOptions) {
    this.#options = options;
    this.#quotas = new QuotaAccount(options.quotas);
  }

  authenticate(body: Buffer): SandboxAnswer {
    const nowMs = this.#options.clock.now();
    const recent = this.#authenticationsMs.filter((atMs) => nowMs - atMs < AUTHENTICATIONS.windowMs);
    if (recent.length >= AUTHENTICATIONS.most) return this.error('LIMIT', 'Too many authentications');
    const given = parsed(body)?.auth as { username?: unknown; password?: unknown } | undefined;
    const { username = 'sandbox', password = 'sandbox' } = this.#options;
    if (given?.username !== username || given.password !== password)
      return this.error('NOAUTH', 'No match found for user/pass');
    return this.#grant('hbapi');
  }

  /** In place of a password: a token signed by the key that was registered under its name. */
  authenticateByKey(body: Buffer): SandboxAnswer {
    const { publicKey, username = 'sandbox' } = this.#options;
    const [head = '', claims = '', signature = ''] = body.toString('utf8').split('.');
    const read = (part: string) => parsed(Buffer.from(part, 'base64url'));
    const { alg, kid, typ } = read(head) ?? {};
    const { sub, iat } = read(claims) ?? {};
    const fresh = Math.abs(Number(iat) * 1_000 - this.#options.clock.now()) < 300_000;
    const signed = createVerify('sha256').update(`${head}.${claims}`);
    const good = alg === 'RS256' && typ === 'JWT' && kid === 'sandbox-key' && sub === username && fresh;
    if (!good || publicKey === undefined || !signed.verify(publicKey, signature, 'base64url'))
      return this.error('NOAUTH', 'Unable to verify the token');
    return this.#grant('authn');
  }

  stream(body: Buffer): SandboxAnswer {
    const { clock, isPaced = true } = this.#options;
    if (isPaced && !this.#streamPace.take(body, clock.now())) return this.throttled(1);
    return streamAnswer(
      body,
      { ...this.#rules(), maxUsers: this.#options.maxStreamedUsers ?? 1_000 },
      this.memberships,
    );
  }

  #grant(kind: 'hbapi' | 'authn'): SandboxAnswer {
    const nowMs = this.#options.clock.now();
    this.#authenticationsMs.push(nowMs);
    const token = `${kind}:${this.#authenticationsMs.length}:${randomBytes(8).toString('hex')}:nym2`;
    this.#tokens.set(token, nowMs);
    return jsonAnswer(200, { response: { status: 'OK', token, dbg_info: {} } });
  }

  /** A token lives two hours after its last use. */
  refuseToken(token: string | undefined): SandboxAnswer | undefined {
    const nowMs = this.#options.clock.now();
    const usedAtMs = this.#tokens.get(token ?? '');
    if (token === undefined || usedAtMs === undefined)
      return this.error('NOAUTH', 'Authentication failed - not logged in');
    if (nowMs - usedAtMs > TOKEN_LIFE_MS)
      return this.error('NOAUTH_EXPIRED', 'Authentication failed - session expired');
    this.#tokens.set(token, nowMs);
    return undefined;
  }

  openJob(memberId: number): SandboxAnswer {
    // One valid upload address at a time.
    for (const job of this.#jobs.values()) if (job.memberId === memberId && job.phase === 'starting') job.used = true;
    const id = this.#jobs.size + 1;
    const jobId = `${randomBytes(12).toString('hex')}${id}`;
    const openedAtMs = this.#options.clock.now();
    const job: Job = {
      id,
      jobId,
      memberId,
      openedAtMs,
      phase: 'starting',
      users: undefined,
      text: '',
      used: false,
      errorCode: null,
      counters: newCounters(),
    };
    this.#jobs.set(jobId, job);
    return this.#jobAnswer(job, { upload_url: `${this.baseUrl}/segment-upload/${jobId}` });
  }

  async upload(of: { path: string; contentType: string | undefined; body: Buffer }): Promise<SandboxAnswer> {
    const { path, contentType, body } = of;
    const text = isAvro(body) ? '' : textOf(body);
    const users = await this.#read(body, text);
    const job = this.#jobs.get(path.slice(path.lastIndexOf('/') + 1));
    const nowMs = this.#options.clock.now();
    if (job === undefined || job.used || nowMs - job.openedAtMs > UPLOAD_URL_LIFE_MS) {
      return this.error('SYNTAX', 'The upload address is not valid any more');
    }
    const lastMs = this.#lastUploadMs.get(job.memberId);
    const waitMs =
      (lastMs ?? Number.NEGATIVE_INFINITY) + (this.#options.minUploadIntervalMs ?? MIN_UPLOAD_INTERVAL_MS) - nowMs;
    if (waitMs > 0) return this.throttled(Math.ceil(waitMs / 1000), 1);
    job.used = true;
    if (Math.max(body.length, text?.length ?? 0) > (this.#options.maxFileBytes ?? MAX_FILE_BYTES)) {
      const errors = ['Member exceeds maximum byte size allowed for a file'];
      return jsonAnswer(200, { response: { status: 'ERROR', error_code: 'FILESIZE_LIMIT_EXCEEDED', errors } });
    }
    const exceeded = this.#quotas.charge(job.memberId, { atMs: nowMs, bytes: body.length, lines: users?.length ?? 0 });
    if (exceeded !== undefined) return this.quotaExceeded(exceeded);
    this.#lastUploadMs.set(job.memberId, nowMs);
    // Another content type is answered alike and its file never looked at.
    if (contentType === 'application/octet-stream') {
      job.phase = 'uploading';
      job.text = text ?? '';
      job.users = users;
    }
    return jsonAnswer(200, { response: { segment_upload: { job_id: job.jobId }, status: 'OK' } });
  }

  /** Each look at a job shows it one phase further on. */
  readJobs(memberId: number, jobId: string | null): SandboxAnswer {
    if (jobId === null) {
      const jobs = [...this.#jobs.values()].filter((job) => job.memberId === memberId);
      return jsonAnswer(200, {
        response: { status: 'OK', batch_segment_upload_job: jobs.map((job) => this.#shown(job)), count: jobs.length },
      });
    }
    const job = this.#jobs.get(jobId);
    if (job === undefined || job.memberId !== memberId) return this.error('SYNTAX', 'No such job');
    this.#advance(job);
    return this.#jobAnswer(job, {});
  }

  error(errorId: string, message: string): SandboxAnswer {
    return jsonAnswer(200, { response: { error_id: errorId, error: message, dbg_info: {} } });
  }

  throttled(retryAfterSeconds: number, limit = 100): SandboxAnswer {
    const response = {
      error_id: 'SYSTEM',
      error: `You have exceeded your request limit of ${limit} per 60 seconds`,
      error_description: 'rate limit has been exceeded',
      error_code: 'RATE_EXCEEDED',
    };
    return jsonAnswer(429, { response }, { 'retry-after': String(retryAfterSeconds), 'x-ratelimit-write': '60' });
  }

  quotaExceeded(message: string): SandboxAnswer {
    return jsonAnswer(200, { response: { status: 'ERROR', error_code: 'RATE_LIMIT_EXCEEDED', errors: [message] } });
  }

  /** For people and the demo: counts and segments, no credentials. */
  record(): unknown {
    const segments = Object.fromEntries([...this.memberships].map(([name, members]) => [name, [...members].sort()]));
    return { jobs: [...this.#jobs.values()].map((job) => this.#shown(job)), segments };
  }

  #advance(job: Job): void {
    const at = PHASES.indexOf(job.phase);
    if (at < 0 || job.phase === 'completed') return;
    job.phase = PHASES[at + 1]!;
    if (job.phase !== 'completed') return;
    if (job.users === undefined || this.jobsToFail > 0) {
      this.jobsToFail = Math.max(0, this.jobsToFail - 1);
      job.phase = 'error';
      job.errorCode = 'uploading-error';
      return;
    }
    job.counters = applyUsers(job.users, this.#rules(), this.memberships);
    this.files.push(job.text);
    job.users = undefined;
  }

  async #read(body: Buffer, text: string | undefined): Promise<FileUsers | undefined> {
    if (isAvro(body)) return readAvroUsers(body).catch(() => undefined);
    return text === undefined ? undefined : usersOfText(text, this.#layout);
  }

  get #layout(): LineLayout {
    return this.#options.layout ?? DEFAULT_LAYOUT;
  }

  #rules() {
    const { segments } = this.#options;
    const isKnownUser = (uid: string): boolean => this.#options.isKnownUser?.(uid) ?? true;
    return { segments: segments && new Set([...segments, ...this.segmentService.ids()]), isKnownUser };
  }

  #jobAnswer(job: Job, more: Record<string, unknown>): SandboxAnswer {
    const shown = { ...this.#shown(job), ...more };
    const batch_segment_upload_job = this.#options.jobAsArray ? [shown] : shown;
    return jsonAnswer(200, {
      response: {
        id: job.id,
        status: 'OK',
        batch_segment_upload_job,
        start_element: 0,
        count: 1,
        num_elements: 100,
        dbg_info: {},
      },
    });
  }

  #shown(job: Job): Record<string, unknown> {
    const { id, jobId, memberId, phase, errorCode, counters, openedAtMs } = job;
    const created_on = new Date(openedAtMs).toISOString().slice(0, 19).replace('T', ' ');
    return {
      id,
      job_id: jobId,
      member_id: memberId,
      phase,
      error_code: errorCode,
      created_on,
      last_modified: created_on,
      ...counters,
    };
  }
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
