// Kameleoon's Data API and its token service as a server of ours, over real HTTP. For trials, the demo and the tests.
import { type Clock, systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { MAX_BODY_BYTES, MAX_TTL_HOURS } from './limits.ts';
import { KameleoonPlatform, type PlatformOptions } from './sandbox-platform.ts';

export interface KameleoonSandboxOptions extends Partial<PlatformOptions> {
  readonly port?: number;
  readonly siteCode?: string;
  /** Whether the project asks for tokens. */
  readonly requiresToken?: boolean;
}
export interface KameleoonSandbox extends SandboxServer {
  readonly tokenUrl: string;
  readonly platform: KameleoonPlatform;
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

export const SANDBOX_SITE_CODE = 'a8st4f59bj';
/** For trials alone. */
export const SANDBOX_CLIENT = { client_id: 'sandbox', client_secret: 'sandbox' } as const;

const FAULTS = {
  unauthenticated: { status: 401 },
  throttle: { status: 429, headers: { 'retry-after': '9' } },
  broken: { status: 500 },
} as const satisfies Readonly<Record<string, SandboxAnswer>>;

const ROUTES: Readonly<Record<string, string>> = {
  'POST /oauth/token': 'token',
  'POST /map/maps': 'maps',
  'GET /map/map': 'map',
  'POST /visit/forget': 'forget',
};

/** Bots, spiders, and libraries that do not say who they are. */
const REFUSED_AGENTS = /bot|spider|crawl|^$|^(node|undici|axios|curl|got|okhttp|python|java)\b/i;

const TOKEN_LIFE_S = 3_600;

export async function startKameleoonSandbox(options: KameleoonSandboxOptions = {}): Promise<KameleoonSandbox> {
  const { clock = systemClock, port, siteCode = SANDBOX_SITE_CODE, requiresToken = true } = options;
  const platform = new KameleoonPlatform({ clock, ...options });
  const tokens = new IssuedTokens(clock, requiresToken);

  function answer(request: SandboxRequest): SandboxAnswer {
    const { operation, url, headers, body } = request;
    if (operation === 'unknown') return { status: 404 };
    if (REFUSED_AGENTS.test(headers['user-agent'] ?? '')) return { status: 403 };
    if (operation === 'token') return tokens.issue(request);
    if (!tokens.isAuthentic(headers.authorization)) return FAULTS.unauthenticated;
    if (url.searchParams.get('siteCode') !== siteCode) return { status: 400 };
    if (body.length > MAX_BODY_BYTES) return { status: 413 };
    if (operation === 'map') {
      const map = platform.mapOf(url.searchParams.get('key') ?? '');
      return map === undefined ? { status: 404 } : jsonAnswer(200, map);
    }
    if (operation === 'forget') {
      platform.takeForgotten(body);
      return { status: 204 };
    }
    const ttlHours = Number(url.searchParams.get('ttlHours') ?? 2_208);
    if (!Number.isInteger(ttlHours) || ttlHours < 1 || ttlHours > MAX_TTL_HOURS) return { status: 400 };
    platform.takeMaps(body, ttlHours);
    return { status: 204 };
  }

  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf: (method, { pathname }) => ROUTES[`${method} ${pathname}`] ?? 'unknown',
    answer,
    received: () => platform.record(),
  });
  return {
    ...server,
    tokenUrl: `${server.url}/oauth/token`,
    platform,
    fail: (kind, fault = {}) => server.inject({ operation: 'maps', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

class IssuedTokens {
  readonly #endsAtMs = new Map<string, number>();
  readonly #clock: Clock;
  readonly #isRequired: boolean;

  constructor(clock: Clock, isRequired: boolean) {
    this.#clock = clock;
    this.#isRequired = isRequired;
  }

  issue({ body }: SandboxRequest): SandboxAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('grant_type') !== 'client_credentials') return jsonAnswer(400, { error: 'unsupported_grant_type' });
    const { client_id, client_secret } = SANDBOX_CLIENT;
    const isKnown = form.get('client_id') === client_id && form.get('client_secret') === client_secret;
    if (!isKnown) return jsonAnswer(401, { error: 'invalid_client' });
    const token = `token-${this.#endsAtMs.size}`;
    this.#endsAtMs.set(token, this.#clock.now() + TOKEN_LIFE_S * 1_000);
    return jsonAnswer(200, { access_token: token, token_type: 'bearer', expires_in: TOKEN_LIFE_S });
  }

  /** A token that is given must hold, also where none is asked for. */
  isAuthentic(authorization: string | undefined): boolean {
    if (authorization === undefined) return !this.#isRequired;
    return (this.#endsAtMs.get(authorization.replace(/^Bearer /, '')) ?? 0) > this.#clock.now();
  }
}
