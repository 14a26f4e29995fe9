// The Google Ads API's offline user data jobs as a server of ours, over real HTTP. For trials, the demo and the tests.
import { isObject, type JsonObject } from '../google/answers.ts';
import { rpcError, SandboxTokens } from '../google/sandbox-tokens.ts';
import { systemClock } from '../kit/clock.ts';
import {
  type Fault,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { GOOGLE_ADS_SCOPE } from './client.ts';
import { failure, GoogleAdsPlatform, type PlatformOptions } from './sandbox-platform.ts';

export interface GoogleAdsSandboxOptions extends Partial<PlatformOptions> {
  readonly port?: number;
  readonly serviceAccounts?: Readonly<Record<string, string>>;
}
export interface GoogleAdsSandbox extends SandboxServer {
  readonly tokenUrl: string;
  readonly platform: GoogleAdsPlatform;
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

export const SANDBOX_DEVELOPER_TOKEN = 'sandbox';

const quota = (retryDelay: string): SandboxAnswer =>
  failure('quotaError', 'RESOURCE_EXHAUSTED', 429, {
    quotaErrorDetails: { rateScope: 'DEVELOPER', rateName: 'Requests', retryDelay },
  });

const FAULTS = {
  unauthenticated: rpcError(401, 'UNAUTHENTICATED'),
  throttle: quota('9s'),
  quota: quota('3600s'),
  unavailable: rpcError(503, 'UNAVAILABLE'),
  concurrent: failure('databaseError', 'CONCURRENT_MODIFICATION'),
} as const;

export async function startGoogleAdsSandbox(options: GoogleAdsSandboxOptions = {}): Promise<GoogleAdsSandbox> {
  const { clock = systemClock, port, serviceAccounts = {} } = options;
  const platform = new GoogleAdsPlatform({ clock, ...options });
  const tokens = new SandboxTokens({ clock, scope: GOOGLE_ADS_SCOPE, serviceAccounts });
  let tokenUrl = '';
  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf: (method, url) => (method === 'POST' ? (routeOf(url)?.operation ?? 'unknown') : 'unknown'),
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
    fail: (kind, fault = {}) => server.inject({ operation: 'add', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

interface Route {
  readonly operation: 'token' | 'create' | 'add' | 'run' | 'search' | 'mutate';
  readonly customerId: string;
  readonly resourceName: string;
}

function routeOf({ pathname }: URL): Route | undefined {
  if (pathname === '/token') return { operation: 'token', customerId: '', resourceName: '' };
  const [, customerId = '', rest = ''] = /^\/v\d+\/customers\/(\d+)\/(.+)$/.exec(pathname) ?? [];
  if (rest === 'offlineUserDataJobs:create') return { operation: 'create', customerId, resourceName: '' };
  if (rest === 'googleAds:search') return { operation: 'search', customerId, resourceName: '' };
  if (rest === 'userLists:mutate') return { operation: 'mutate', customerId, resourceName: '' };
  const [, job, verb] = /^(offlineUserDataJobs\/\d+):(addOperations|run)$/.exec(rest) ?? [];
  if (job === undefined) return undefined;
  return { operation: verb === 'run' ? 'run' : 'add', customerId, resourceName: `customers/${customerId}/${job}` };
}

function answerTo(platform: GoogleAdsPlatform, request: SandboxRequest): SandboxAnswer {
  const route = routeOf(request.url);
  const login = request.headers['login-customer-id'];
  if (request.headers['developer-token'] !== SANDBOX_DEVELOPER_TOKEN) {
    return failure('authenticationError', 'DEVELOPER_TOKEN_INVALID', 403);
  }
  if (login !== undefined && !/^\d+$/.test(login)) return failure('headerError', 'INVALID_LOGIN_CUSTOMER_ID');
  const body = bodyOf(request);
  if (route === undefined || body === undefined) return rpcError(route === undefined ? 404 : 400, 'INVALID_ARGUMENT');
  if (route.operation === 'create') return platform.create(route.customerId, body);
  if (route.operation === 'add') return platform.addOperations(route.resourceName, body);
  if (route.operation === 'run') return platform.run(route.resourceName);
  if (route.operation === 'mutate') return platform.mutateUserLists(route.customerId, body);
  return platform.search(String(body.query), String(body.pageToken ?? ''));
}

function bodyOf({ body, headers }: SandboxRequest): JsonObject | undefined {
  if (headers['content-type'] !== 'application/json') return undefined;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
