// Mapp Connect as a server of ours, over real HTTP: tokens are verified, events queued and applied to groups a little later.
import { type Clock, systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { MAX_EVENTS_PER_REQUEST } from './limits.ts';
import { isRequestToken } from './token.ts';

export interface MappSandboxOptions {
  readonly port?: number;
  readonly clock?: Clock;
  /** How long an event waits before it is applied. */
  readonly processingMs?: number;
  /** What the mapping calls the contact's id. */
  readonly idField?: string;
  /** Events of other groups are dropped without a word. */
  readonly groups?: readonly string[];
  readonly takesLists?: boolean;
}
export interface MappSandbox extends SandboxServer {
  readonly apiUrl: string;
  readonly platform: MappPlatform;
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

/** For trials alone. */
export const SANDBOX_SECRET = 'sandbox-secret';
export const SANDBOX_INTEGRATION_ID = '47291122-e5bb-4865-a107-a68ec9957325';

const FAULTS = {
  throttle: { status: 429, headers: { 'retry-after': '9' } },
  broken: { status: 500 },
} as const satisfies Readonly<Record<string, SandboxAnswer>>;

/** A proxy stands before the API, and its part of the path is not signed. */
const BASE = '/charon/api/v1';

type UserEvent = Readonly<Record<string, unknown>>;

export async function startMappSandbox(options: MappSandboxOptions = {}): Promise<MappSandbox> {
  const { clock = systemClock, port, takesLists = true } = options;
  const platform = new MappPlatform({ ...options, clock });

  function answer(request: SandboxRequest): SandboxAnswer {
    if (request.operation === 'unknown') return { status: 404 };
    if (!isAuthentic(request, clock.now())) return { status: 401 };
    if (request.operation === 'ping') {
      return jsonAnswer(200, { ping: true, integrationId: SANDBOX_INTEGRATION_ID, timestamp: clock.now() });
    }
    if (request.headers['content-type'] !== 'application/json') return { status: 415 };
    if (request.url.searchParams.get('subtype') !== 'user') return { status: 400 };
    const events = eventsOf(request.body, takesLists);
    if (events === undefined || events.length > MAX_EVENTS_PER_REQUEST) return { status: 400 };
    platform.take(events);
    return { status: 200 };
  }

  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf: (method, { pathname }) => {
      const at = `${method} ${pathname.replace(`${BASE}/integration/${SANDBOX_INTEGRATION_ID}`, '')}`;
      return at === 'POST /event' ? 'event' : at === 'GET /ping' ? 'ping' : 'unknown';
    },
    answer,
    received: () => platform.record(),
  });
  return {
    ...server,
    apiUrl: server.url + BASE,
    platform,
    fail: (kind, fault = {}) => server.inject({ operation: 'event', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

/** Under the header of the vendor's own clients, or as a bearer token. */
function isAuthentic({ headers, url, body }: SandboxRequest, nowMs: number): boolean {
  const token = headers['auth-token'] ?? headers.authorization?.replace(/^Bearer /, '') ?? '';
  const request = { path: url.pathname, body, query: url.search.slice(1) };
  return isRequestToken(token, request, { secret: SANDBOX_SECRET, nowMs });
}

class MappPlatform {
  readonly #options: MappSandboxOptions & { readonly clock: Clock };
  readonly #groups = new Map<string, Set<string>>();
  readonly #attributes = new Map<string, Map<string, unknown>>();
  /** Contacts that were deleted themselves. */
  readonly erased: string[] = [];
  #waiting: { readonly dueAtMs: number; readonly events: readonly UserEvent[] }[] = [];
  /** Events that were taken and then dropped: no id, no group that is known. */
  dropped = 0;

  constructor(options: MappSandboxOptions & { readonly clock: Clock }) {
    this.#options = options;
  }

  take(events: readonly UserEvent[]): void {
    const { clock, processingMs = 500 } = this.#options;
    this.#waiting.push({ dueAtMs: clock.now() + processingMs, events });
  }

  members(group: string): string[] {
    this.#settle();
    return [...(this.#groups.get(group) ?? [])].sort();
  }

  attributesOf(id: string): Record<string, unknown> {
    this.#settle();
    return Object.fromEntries(this.#attributes.get(id) ?? []);
  }

  record(): unknown {
    this.#settle();
    const groups = [...this.#groups].map(([group, ids]) => [group, [...ids].sort()]);
    const { dropped, erased } = this;
    return { groups: Object.fromEntries(groups), waiting: this.#waiting.length, erased, dropped };
  }

  #settle(): void {
    const nowMs = this.#options.clock.now();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
    for (const { events } of due) for (const event of events) this.#apply(event);
  }

  #apply(event: UserEvent): void {
    const { idField = 'identifier', groups } = this.#options;
    const { [idField]: id, group, delete: isDeleted, unsubscribe: isUnsubscribed, ...attributes } = event;
    const isKnownGroup = group === undefined || (typeof group === 'string' && groups?.includes(group) !== false);
    if (typeof id !== 'string' || !isKnownGroup) {
      this.dropped++;
      return;
    }
    if (group === undefined && isDeleted === 'true') {
      this.#erase(id);
      return;
    }
    this.#attributes.set(id, new Map([...(this.#attributes.get(id) ?? []), ...Object.entries(attributes)]));
    if (typeof group !== 'string') return;
    const members = this.#groups.get(group) ?? new Set<string>();
    this.#groups.set(group, members);
    if (isDeleted === 'true' || isUnsubscribed === 'true') members.delete(id);
    else members.add(id);
  }

  #erase(id: string): void {
    this.#attributes.delete(id);
    for (const members of this.#groups.values()) members.delete(id);
    this.erased.push(id);
  }
}

/** One event, or a list of them: which of the two an integration takes is not said. */
function eventsOf(body: Buffer, takesLists: boolean): UserEvent[] | undefined {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    if (Array.isArray(read) && !takesLists) return undefined;
    const events: unknown[] = Array.isArray(read) ? read : [read];
    const isObject = (event: unknown): event is UserEvent =>
      typeof event === 'object' && event !== null && !Array.isArray(event);
    return events.every(isObject) ? events : undefined;
  } catch {
    return undefined;
  }
}
