// The ground of every customer-list sandbox: tokens of half an hour, lists as sets, faults in the platform's own words.
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { type JsonObject, jsonObject } from './list-client.ts';

export const SANDBOX_KEY = 'sandbox-key';
export const SANDBOX_CREDENTIALS = {
  client_id: 'sandbox',
  client_secret: 'sandbox',
  refresh_token: 'sandbox',
} as const;
const TOKEN_LIFE_S = 1_800;

export interface ListSandboxOptions {
  readonly port?: number;
  readonly clock?: Clock;
  /** Lists that exist; any unless told. */
  readonly lists?: readonly string[];
  /** Ids the platform does not take although their form is right. */
  readonly isTaken?: (id: string) => boolean;
}

/** The platform's own words. */
export interface PlatformWords {
  readonly unauthorised: SandboxAnswer;
  readonly throttled: SandboxAnswer;
  readonly unavailable: SandboxAnswer;
  readonly malformed: SandboxAnswer;
}

export interface SandboxRules {
  readonly words: PlatformWords;
  readonly clientIn?: 'form' | 'basic' | 'key';
  operationOf(method: string, url: URL): 'change' | 'look' | 'list' | 'create' | 'unknown';
  tokenOf(headers: Readonly<Record<string, string>>): string | undefined;
  /** Of an authorised request whose body, if any, is a JSON object. */
  answer(request: SandboxRequest & { readonly json: JsonObject }, lists: SandboxLists): SandboxAnswer;
}

export interface ListSandbox extends SandboxServer {
  readonly tokenUrl: string;
  readonly lists: SandboxLists;
  fail(kind: keyof PlatformWords, fault?: Partial<Fault>): void;
}

export class SandboxLists {
  readonly #options: ListSandboxOptions;
  readonly #lists = new Map<string, Map<string, unknown>>();
  readonly #named = new Map<string, string>();

  constructor(options: ListSandboxOptions) {
    this.#options = options;
  }

  has(list: string): boolean {
    return this.#named.has(list) || (this.#options.lists?.includes(list) ?? true);
  }

  /** Of lists that have a name: those that were made here. */
  named(): { id: string; name: string }[] {
    return [...this.#named].map(([id, name]) => ({ id, name }));
  }

  create(name: string, id = String(90_001 + this.#named.size)): string {
    this.#named.set(id, name);
    return id;
  }

  isTaken(id: string): boolean {
    return this.#options.isTaken?.(id) ?? true;
  }

  /** `about` is what the platform keeps beside a member. */
  change(list: string, id: string, to: { readonly isRemoval: boolean; readonly about?: unknown }): void {
    const members = this.#lists.get(list) ?? new Map<string, unknown>();
    this.#lists.set(list, members);
    if (to.isRemoval) members.delete(id);
    else members.set(id, to.about ?? null);
  }

  members(list: string): string[] {
    return [...(this.#lists.get(list)?.keys() ?? [])].sort();
  }

  about(list: string, id: string): unknown {
    return this.#lists.get(list)?.get(id);
  }

  record(): unknown {
    return {
      lists: Object.fromEntries([...this.#lists].map(([list]) => [list, this.members(list)])),
      named: this.named(),
    };
  }
}

export async function startListSandbox(rules: SandboxRules, options: ListSandboxOptions): Promise<ListSandbox> {
  const { clock = systemClock, port } = options;
  const lists = new SandboxLists(options);
  const tokens = new Map<string, number>();
  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf: (method, url) =>
      url.pathname === '/token' && method === 'POST' ? 'token' : rules.operationOf(method, url),
    received: () => lists.record(),
    answer: (request) => {
      if (request.operation === 'token') return issue(request, { rules, tokens, nowMs: clock.now() });
      const token = rules.tokenOf(request.headers) ?? '';
      const isKnown = rules.clientIn === 'key' ? token === SANDBOX_KEY : (tokens.get(token) ?? 0) > clock.now();
      if (!isKnown) return rules.words.unauthorised;
      if (request.operation === 'unknown') return { status: 404 };
      if (request.body.length === 0) return rules.answer({ ...request, json: {} }, lists);
      const json = /^application\//.test(request.headers['content-type'] ?? '') ? jsonObject(request.body) : undefined;
      return json === undefined ? rules.words.malformed : rules.answer({ ...request, json }, lists);
    },
  });
  return {
    ...server,
    tokenUrl: `${server.url}/token`,
    lists,
    fail: (kind, fault = {}) =>
      server.inject({ operation: 'change', kind: 'answer', answer: rules.words[kind], ...fault }),
  };
}

function issue(
  { headers, body }: SandboxRequest,
  { rules, tokens, nowMs }: { rules: SandboxRules; tokens: Map<string, number>; nowMs: number },
): SandboxAnswer {
  const form = new URLSearchParams(body.toString('utf8'));
  const { client_id, client_secret, refresh_token } = SANDBOX_CREDENTIALS;
  const basic = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  const isClient =
    rules.clientIn === 'basic'
      ? headers.authorization === basic && !form.has('client_secret')
      : form.get('client_id') === client_id && form.get('client_secret') === client_secret;
  if (!isClient) return jsonAnswer(401, { error: 'invalid_client' });
  if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== refresh_token) {
    return jsonAnswer(400, { error: 'invalid_grant' });
  }
  const token = randomBytes(16).toString('base64url');
  tokens.set(token, nowMs + TOKEN_LIFE_S * 1_000);
  return jsonAnswer(200, { access_token: token, expires_in: TOKEN_LIFE_S, token_type: 'bearer' });
}
