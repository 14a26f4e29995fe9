// The Custom Audience edges of the Graph API as a server of ours: token and proof, sessions, closed rows, errors by number.
import { createHmac } from 'node:crypto';
import {
  type Fault,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { isObject } from './answers.ts';
import type { JsonObject } from './payload.ts';
import { graphError, MetaPlatform, type PlatformOptions } from './sandbox-platform.ts';

export interface MetaSandboxOptions extends PlatformOptions {
  readonly port?: number;
  readonly accessToken?: string;
  /** Asks for a proof with each call. */
  readonly appSecret?: string;
}
export interface MetaSandbox extends SandboxServer {
  readonly platform: MetaPlatform;
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

export const SANDBOX_ACCESS_TOKEN = 'sandbox';

/** Minutes until calls are taken again, as the usage header tells them. */
const usage = (minutes: number) => ({
  'x-business-use-case-usage': JSON.stringify({
    '1234567890': [
      {
        type: 'custom_audience',
        call_count: 100,
        total_cputime: 3,
        total_time: 7,
        estimated_time_to_regain_access: minutes,
      },
    ],
  }),
});

const FAULTS = {
  transient: graphError(2, 0, { is_transient: true }),
  unknown: graphError(1, 99),
  throttle: graphError(17, 2446079, {}, usage(1)),
  quota: graphError(80003, 2446079, {}, usage(60)),
  'token-expired': graphError(190, 463),
  permission: graphError(200, 0),
} as const;

export async function startMetaSandbox(options: MetaSandboxOptions = {}): Promise<MetaSandbox> {
  const platform = new MetaPlatform(options);
  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf: (method, url) => routeOf(method, url)?.operation ?? 'unknown',
    answer: (request) => answerTo(platform, request, options),
    received: () => platform.record(),
  });
  return {
    ...server,
    platform,
    fail: (kind, fault = {}) => server.inject({ operation: 'add', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

type Operation = 'add' | 'remove' | 'replace' | 'audience' | 'sessions' | 'list' | 'create';

function routeOf(method: string, { pathname }: URL): { operation: Operation; audience: string } | undefined {
  const [, account] = /^\/v\d+\.\d\/act_(\d+)\/customaudiences$/.exec(pathname) ?? [];
  if (account !== undefined && (method === 'GET' || method === 'POST')) {
    return { operation: method === 'GET' ? 'list' : 'create', audience: account };
  }
  const [, audience = '', edge = ''] = /^\/v\d+\.\d\/(\d+)(?:\/(users|usersreplace|sessions))?$/.exec(pathname) ?? [];
  const operations: Readonly<Record<string, Operation>> = {
    'POST users': 'add',
    'DELETE users': 'remove',
    'POST usersreplace': 'replace',
    'GET ': 'audience',
    'GET sessions': 'sessions',
  };
  const operation = operations[`${method} ${edge}`];
  return operation === undefined || audience === '' ? undefined : { operation, audience };
}

function answerTo(platform: MetaPlatform, request: SandboxRequest, options: MetaSandboxOptions): SandboxAnswer {
  const route = routeOf(request.method, request.url);
  const call = callOf(request);
  if (call === undefined || route === undefined) return graphError(100, 0);
  const { accessToken = SANDBOX_ACCESS_TOKEN, appSecret } = options;
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? call.access_token;
  if (token !== accessToken) return graphError(190, 460);
  const proof = appSecret && createHmac('sha256', appSecret).update(accessToken).digest('hex');
  if (proof !== undefined && call.appsecret_proof !== proof)
    return graphError(100, 0, { message: 'Invalid appsecret_proof' });
  if (route.operation === 'audience') return platform.audience(route.audience);
  if (route.operation === 'sessions') return platform.sessions();
  if (route.operation === 'list') return platform.listAudiences(request.url.searchParams);
  if (route.operation === 'create') return platform.createAudience(call);
  return platform.change(route.audience, route.operation, call);
}

/** Parameters come in a JSON body, in a form, or in the query string with JSON inside: clients of Meta differ. */
function callOf({ url, headers, body }: SandboxRequest): JsonObject | undefined {
  const query = readForm(url.searchParams);
  if (query === undefined || body.length === 0) return query;
  const type = headers['content-type'];
  if (type === 'application/x-www-form-urlencoded') {
    const form = readForm(new URLSearchParams(body.toString('utf8')));
    return form && { ...query, ...form };
  }
  const parsed = type === 'application/json' ? readJson(body.toString('utf8')) : undefined;
  return isObject(parsed) ? { ...query, ...parsed } : undefined;
}

function readForm(form: URLSearchParams): JsonObject | undefined {
  const call: Record<string, unknown> = Object.fromEntries(form);
  for (const name of ['payload', 'session']) {
    const text = form.get(name);
    if (text === null) continue;
    call[name] = readJson(text);
    if (call[name] === undefined) return undefined;
  }
  return call;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
