// The Trade Desk's Data API and its authentication service as a server of ours, over real HTTP. For trials and the tests.
import { timingSafeEqual } from 'node:crypto';
import { systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { type PlatformOptions, refusal, TradeDeskPlatform } from './sandbox-platform.ts';
import { SandboxTokens } from './sandbox-tokens.ts';
import { bodySignature } from './signature.ts';

export interface TradeDeskSandboxOptions extends Partial<PlatformOptions> {
  readonly port?: number;
}
export interface TradeDeskSandbox extends SandboxServer {
  readonly platform: TradeDeskPlatform;
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

/** For trials alone. */
export const SANDBOX_SECRET = 'sandbox-secret';

const FAULTS = {
  unauthenticated: refusal('Unauthorized.', 401),
  throttle: jsonAnswer(429, { Message: 'Slow down.' }, { 'retry-after': '9' }),
  unavailable: jsonAnswer(503, { Message: 'Come back.' }, { 'retry-after': '1' }),
} as const;

const PATHS: Readonly<Record<string, string>> = {
  '/data/advertiser': 'data',
  '/data/deletion-optout/advertiser': 'subject-request',
  '/v3/authentication': 'token',
};

export async function startTradeDeskSandbox(options: TradeDeskSandboxOptions = {}): Promise<TradeDeskSandbox> {
  const { clock = systemClock, port } = options;
  const platform = new TradeDeskPlatform({ clock, ...options });
  const tokens = new SandboxTokens(clock);

  function isAuthentic({ headers, body }: SandboxRequest): boolean {
    const token = headers['ttd-auth'];
    if (token !== undefined) return tokens.isValid(token);
    const given = Buffer.from(headers.ttdsignature ?? headers['ttdsignature-dp'] ?? '');
    const due = Buffer.from(bodySignature(body, SANDBOX_SECRET));
    return given.length === due.length && timingSafeEqual(given, due);
  }

  function answer(request: SandboxRequest): SandboxAnswer {
    if (request.operation === 'unknown') return { status: 404 };
    if (request.headers['content-type'] !== 'application/json') return { status: 415 };
    if (request.operation === 'token') return tokens.issue(request);
    if (!isAuthentic(request)) return FAULTS.unauthenticated;
    return request.operation === 'data' ? platform.takeData(request.body) : platform.takeSubjectRequest(request.body);
  }

  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf: (method, { pathname }) => (method === 'POST' ? (PATHS[pathname] ?? 'unknown') : 'unknown'),
    answer,
    received: () => platform.record(),
  });
  return {
    ...server,
    platform,
    fail: (kind, fault = {}) => server.inject({ operation: 'data', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}
