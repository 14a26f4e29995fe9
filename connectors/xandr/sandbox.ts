// Xandr's Batch Segment Service as a server of ours: tokens, upload jobs, single-use upload addresses, phases, counters,
// quotas, and its habit of answering errors with status 200. For trials, the demo and the tests.
import { systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { type PlatformOptions, XandrSandboxPlatform } from './sandbox-platform.ts';

export interface XandrSandboxOptions extends Partial<PlatformOptions> {
  readonly port?: number;
}

/** A job or its upload meets the platform's own error: its quota, an expired token, an error phase, the request limit. */
export type XandrFault = {
  readonly kind: 'quota' | 'noauth' | 'throttle' | 'system' | 'job-error';
  readonly operation?: string;
  readonly skip?: number;
};

export interface XandrSandbox extends SandboxServer {
  readonly platform: XandrSandboxPlatform;
  /** Members of a segment, sorted. */
  members(segment: string | number): string[];
  fail(fault: XandrFault): void;
}

export async function startXandrSandbox(options: XandrSandboxOptions = {}): Promise<XandrSandbox> {
  const platform = new XandrSandboxPlatform({ clock: systemClock, ...options });
  const server = await startSandboxServer({
    clock: options.clock ?? systemClock,
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf,
    answer: (request) => answerTo(platform, request),
    received: () => platform.record(),
  });
  platform.baseUrl = server.url;
  return {
    ...server,
    platform,
    members: (segment) => [...(platform.memberships.get(String(segment)) ?? [])].sort(),
    fail: (fault) => fail(server, platform, fault),
  };
}

function operationOf(method: string, url: URL): string {
  if (method === 'POST' && url.pathname === '/auth') return 'auth';
  if (method === 'POST' && url.pathname === '/v2/auth/jwt') return 'jwt';
  if (method === 'POST' && url.pathname === '/rt-segment') return 'stream';
  if (method === 'POST' && url.pathname.startsWith('/segment-upload/')) return 'upload';
  if (url.pathname === '/segment') return method === 'GET' ? 'list' : method === 'POST' ? 'create' : 'unknown';
  if (url.pathname !== '/batch-segment') return 'unknown';
  return method === 'POST'
    ? 'open'
    : method === 'GET'
      ? url.searchParams.has('job_id')
        ? 'poll'
        : 'history'
      : 'unknown';
}

function answerTo(platform: XandrSandboxPlatform, request: SandboxRequest): SandboxAnswer | Promise<SandboxAnswer> {
  if (request.operation === 'auth') return platform.authenticate(request.body);
  if (request.operation === 'jwt') return platform.authenticateByKey(request.body);
  if (request.operation === 'unknown')
    return jsonAnswer(404, { response: { error_id: 'SYNTAX', error: 'Unknown service' } });
  const refusal = platform.refuseToken(request.headers.authorization);
  if (refusal !== undefined) return refusal;
  if (request.operation === 'stream') return platform.stream(request.body);
  if (request.operation === 'upload') {
    return platform.upload({
      path: request.url.pathname,
      contentType: request.headers['content-type'],
      body: request.body,
    });
  }
  const memberId = Number(request.url.searchParams.get('member_id'));
  if (!Number.isSafeInteger(memberId) || memberId < 1) return platform.error('SYNTAX', 'member_id is required');
  if (request.operation === 'list') return platform.segmentService.list(memberId, request.url.searchParams);
  if (request.operation === 'create') return platform.segmentService.create(memberId, request.body);
  if (request.operation === 'open') return platform.openJob(memberId);
  return platform.readJobs(memberId, request.url.searchParams.get('job_id'));
}

function fail(server: SandboxServer, platform: XandrSandboxPlatform, { kind, operation, skip = 0 }: XandrFault): void {
  const met = (fallback: string, answer: SandboxAnswer): Fault => ({
    operation: operation ?? fallback,
    kind: 'answer',
    answer,
    skip,
  });
  if (kind === 'job-error') platform.jobsToFail++;
  else if (kind === 'noauth')
    server.inject(met('open', platform.error('NOAUTH', 'Authentication failed - not logged in')));
  else if (kind === 'throttle') server.inject(met('open', platform.throttled(9)));
  else if (kind === 'system') server.inject(met('open', platform.error('SYSTEM', 'A system error has occurred')));
  else server.inject(met('upload', platform.quotaExceeded('Member exceeds maximum allowed bytes per hour')));
}
