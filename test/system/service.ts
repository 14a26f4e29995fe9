// Starts the real service in a temporary folder, as a user does, and calls it over HTTP.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

export interface CallOptions {
  readonly secret?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Service {
  readonly url: string;
  readonly operationsUrl: string;
  readonly adminToken: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything that the service wrote on its outputs. */
  output(): string;
  call<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  remove(): void;
}

export async function startService(
  options: { dataDir?: string; flags?: string[]; env?: Record<string, string> } = {},
): Promise<Service> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ecluse-service-'));
  const flags = ['serve', '--data-dir', dataDir, '--port', '0', '--operations-port', '0', ...(options.flags ?? [])];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ECLUSE_')));
  const child = spawn(process.execPath, [MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Tests run beside each other, and no worker of theirs is to wait for the rest.
    env: { ...env, ECLUSE_WORKER_NICENESS: '0', ...options.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const text = await waitFor(() => (/health: \S+/.test(output) ? output : undefined), { child, output: () => output });
  const url = /listens on (\S+)/.exec(text)?.[1] ?? '';
  const operationsUrl = /health: (\S+)\/readyz/.exec(text)?.[1] ?? '';
  await waitFor(async () => ((await fetch(`${operationsUrl}/readyz`)).status === 200 ? true : undefined), {
    child,
    output: () => output,
  });
  return {
    url,
    operationsUrl,
    adminToken: /admin token: (\S+)/.exec(output)?.[1] ?? '',
    dataDir,
    pid: child.pid ?? 0,
    output: () => output,
    call: (method, path, options) => call(url, method, path, options),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

export async function call<T = Record<string, unknown>>(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<T>> {
  // A test that waits for a program is deaf meanwhile, and would next write to a connection that was closed as idle.
  const headers: Record<string, string> = { connection: 'close', ...options.headers };
  if (options.secret !== undefined) headers.authorization = `Bearer ${options.secret}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  const body = options.body === undefined ? null : JSON.stringify(options.body);
  const response = await fetch(`${url}${path}`, { method, headers, body });
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as T };
}

/** Polls until the question has an answer; fails with the service's output when the process ends or time runs out. */
export async function waitFor<T>(
  question: () => T | undefined | Promise<T | undefined>,
  of: { child?: ChildProcess; output?: () => string; timeoutMs?: number } = {},
): Promise<T> {
  const until = Date.now() + (of.timeoutMs ?? START_TIMEOUT_MS);
  for (;;) {
    const answer = await Promise.resolve(question()).catch(() => undefined);
    if (answer !== undefined) return answer;
    const isOver = Date.now() > until || (of.child?.exitCode ?? null) !== null;
    if (isOver) throw new Error(`nothing came of it: ${of.output?.() ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Tenant {
  readonly id: string;
  /** One API key for each role. */
  readonly secrets: Readonly<Record<Role, string>>;
  readonly memberIds: Readonly<Record<Role, string>>;
}

export const ROLES = ['admin', 'data-engineer', 'analyst', 'compliance-officer', 'connector'] as const;
export type Role = (typeof ROLES)[number];

export async function setUp(service: Service): Promise<string> {
  const { body } = await service.call<{ secret: string }>('POST', '/v1/setup', { secret: service.adminToken });
  return body.secret;
}

export async function createTenant(service: Service, operator: string, name: string): Promise<Tenant> {
  const made = await service.call<{ tenant: { id: string }; admin: { id: string }; secret: string }>(
    'POST',
    '/v1/tenants',
    {
      secret: operator,
      body: { name, admin_name: `${name} admin` },
    },
  );
  const secrets: Partial<Record<Role, string>> = { admin: made.body.secret };
  const memberIds: Partial<Record<Role, string>> = { admin: made.body.admin.id };
  for (const role of ROLES.filter((other) => other !== 'admin')) {
    const secret = made.body.secret;
    const member = await service.call<{ id: string }>('POST', '/v1/members', {
      secret,
      body: { name: `${name} ${role}`, roles: [role] },
    });
    const key = await service.call<{ secret: string }>('POST', '/v1/api-keys', {
      secret,
      body: { member_id: member.body.id, name: role },
    });
    secrets[role] = key.body.secret;
    memberIds[role] = member.body.id;
  }
  return {
    id: made.body.tenant.id,
    secrets: secrets as Record<Role, string>,
    memberIds: memberIds as Record<Role, string>,
  };
}

/** Uploads in one piece by tus; returns the upload's id. */
export async function upload(
  service: Service,
  secret: string,
  file: { name: string; bytes: Uint8Array; sha256?: string },
): Promise<string> {
  const sha256 = file.sha256 ?? createHash('sha256').update(file.bytes).digest('hex');
  const location = await createUpload(service, secret, { name: file.name, size: file.bytes.length, sha256 });
  await fetch(`${service.url}${location}`, {
    method: 'PATCH',
    headers: { ...tusHeaders(secret), 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: file.bytes as BodyInit,
  });
  return location.split('/').at(-1) ?? '';
}

export async function createUpload(
  service: Service,
  secret: string,
  file: { name: string; size: number; sha256: string },
): Promise<string> {
  const metadata = Object.entries({ filename: file.name, sha256: file.sha256 }).map(
    ([k, v]) => `${k} ${Buffer.from(v).toString('base64')}`,
  );
  const response = await fetch(`${service.url}/v1/uploads`, {
    method: 'POST',
    headers: { ...tusHeaders(secret), 'upload-length': String(file.size), 'upload-metadata': metadata.join(',') },
  });
  if (response.status !== 201) throw new Error(`upload refused: ${response.status} ${await response.text()}`);
  return response.headers.get('location') ?? '';
}

export function tusHeaders(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}`, 'tus-resumable': '1.0.0' };
}

/** Waits for a job to end and returns its last state. */
export function jobEnd(
  service: Service,
  secret: string,
  jobId: string,
): Promise<{ status: string; error: { code: string } | null }> {
  const ended = ['succeeded', 'partially_succeeded', 'failed', 'cancelled'];
  return waitFor(
    async () => {
      const { body } = await service.call<{ status: string; error: { code: string } | null }>(
        'GET',
        `/v1/jobs/${jobId}`,
        { secret },
      );
      return ended.includes(body.status) ? body : undefined;
    },
    { output: () => service.output() },
  );
}
