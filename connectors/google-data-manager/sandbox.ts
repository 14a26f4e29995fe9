// The Data Manager API as a server of ours: tokens, closed messages, whole requests refused because of one member, and
// requests that are applied some time after they were accepted. For trials, the demo and the tests.
import { rpcError, SandboxTokens } from '../google/sandbox-tokens.ts';
import { systemClock } from '../kit/clock.ts';
import {
  type Fault,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { DATA_MANAGER_SCOPE } from './client.ts';
import { DataManagerPlatform, type PlatformOptions } from './sandbox-platform.ts';

export interface DataManagerSandboxOptions extends Partial<PlatformOptions> {
  readonly port?: number;
  readonly serviceAccounts?: Readonly<Record<string, string>>;
}
export interface DataManagerSandbox extends SandboxServer {
  readonly tokenUrl: string;
  readonly platform: DataManagerPlatform;
  fail(kind: 'unauthenticated' | 'throttle' | 'daily-quota' | 'unavailable', fault?: Partial<Fault>): void;
}

export async function startDataManagerSandbox(options: DataManagerSandboxOptions = {}): Promise<DataManagerSandbox> {
  const { clock = systemClock, port, serviceAccounts = {} } = options;
  const platform = new DataManagerPlatform({ clock, ...options });
  const tokens = new SandboxTokens({ clock, scope: DATA_MANAGER_SCOPE, serviceAccounts });
  let tokenUrl = '';
  const server = await startSandboxServer({
    clock,
    ...(port === undefined ? {} : { port }),
    operationOf,
    answer: (request) =>
      request.operation === 'token'
        ? tokens.issue(request, tokenUrl)
        : (tokens.refuse(request.headers.authorization) ?? answerTo(platform, request)),
    received: () => platform.record(),
  });
  tokenUrl = `${server.url}/token`;
  return {
    ...server,
    tokenUrl,
    platform,
    fail: (kind, fault = {}) => server.inject({ operation: 'ingest', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

const quota = (limit: string, more: readonly object[] = []): SandboxAnswer =>
  rpcError(429, 'RESOURCE_EXHAUSTED', [{ reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_limit: limit } }, ...more]);

const FAULTS: Readonly<Record<Parameters<DataManagerSandbox['fail']>[0], SandboxAnswer>> = {
  unauthenticated: rpcError(401, 'UNAUTHENTICATED'),
  throttle: quota('RequestsPerMinutePerProject', [{ retryDelay: '9.5s' }]),
  'daily-quota': quota('IngestionRequestsPerDayPerProject'),
  unavailable: rpcError(503, 'UNAVAILABLE'),
};

const USER_LISTS = /^\/v1\/accountTypes\/[A-Z_]+\/accounts\/\d+\/userLists$/;
const USER_LIST = /^\/v1\/accountTypes\/[A-Z_]+\/accounts\/\d+\/userLists\/(\d+)$/;

function operationOf(method: string, url: URL): string {
  if (method === 'POST' && url.pathname === '/token') return 'token';
  if (method === 'GET' && url.pathname === '/v1/requestStatus:retrieve') return 'status';
  if (method === 'GET' && USER_LIST.test(url.pathname)) return 'user-list';
  if (USER_LISTS.test(url.pathname)) return method === 'GET' ? 'list' : method === 'POST' ? 'create' : 'unknown';
  const verb = /^\/v1\/audienceMembers:(ingest|remove|removeAll)$/.exec(url.pathname)?.[1];
  return method === 'POST' && verb !== undefined ? verb : 'unknown';
}

function answerTo(platform: DataManagerPlatform, { operation, url, headers, body }: SandboxRequest): SandboxAnswer {
  if (operation === 'status') return platform.status(url.searchParams.get('requestId'));
  if (operation === 'user-list') return platform.userList(USER_LIST.exec(url.pathname)?.[1] ?? '');
  if (operation === 'list') return platform.userLists.list(url.searchParams.get('pageToken'));
  if (operation === 'unknown') return rpcError(404, 'NOT_FOUND');
  if (headers['content-type'] !== 'application/json') return rpcError(400, 'INVALID_ARGUMENT');
  if (operation === 'create') return platform.userLists.create(body);
  return platform.accept(operation as 'ingest' | 'remove' | 'removeAll', body);
}
