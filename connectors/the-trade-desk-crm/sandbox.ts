// The Trade Desk's CRM data as a server of ours: segments, drops that are announced and then uploaded once, pages of two.
import { type Clock, systemClock } from '../kit/clock.ts';
import {
  type Fault,
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { parsed, refusal } from '../the-trade-desk/sandbox-platform.ts';
import { SandboxTokens } from '../the-trade-desk/sandbox-tokens.ts';
import { REGIONS } from './settings.ts';

export interface CrmSandboxOptions {
  readonly port?: number;
  readonly clock?: Clock;
  readonly advertisers?: readonly string[];
  readonly minRows?: number;
}
export interface CrmSandbox extends SandboxServer {
  members(segment: string): string[];
  fail(kind: keyof typeof FAULTS, fault?: Partial<Fault>): void;
}

const FAULTS = {
  unauthenticated: refusal('Unauthorized.', 401),
  throttle: jsonAnswer(429, { Message: 'Slow down.' }, { 'retry-after': '9' }),
  unavailable: jsonAnswer(503, { Message: 'Come back.' }, { 'retry-after': '1' }),
} as const;

const SEGMENTS = /^\/v3\/crmdata\/segment\/([\w-]+)$/;
const SEGMENT = /^\/v3\/crmdata\/segment\/([\w-]+)\/([\w-]+)$/;
const PAGE = 2;

export async function startTradeDeskCrmSandbox(options: CrmSandboxOptions = {}): Promise<CrmSandbox> {
  const { clock = systemClock, port } = options;
  const tokens = new SandboxTokens(clock);
  const platform = new CrmPlatform(options);
  const server = await startSandboxServer({
    ...(port === undefined ? {} : { port }),
    operationOf,
    answer: (request) => {
      if (request.operation === 'token') return tokens.issue(request);
      // The address itself is the credential of an upload.
      if (request.operation === 'upload') return platform.upload(request);
      if (!tokens.isValid(request.headers['ttd-auth'] ?? '')) return FAULTS.unauthenticated;
      return platform.answer(request);
    },
    received: () => platform.record(),
  });
  platform.baseUrl = server.url;
  return {
    ...server,
    members: (segment) => platform.members(segment),
    fail: (kind, fault = {}) => server.inject({ operation: 'drop', kind: 'answer', answer: FAULTS[kind], ...fault }),
  };
}

function operationOf(method: string, { pathname }: URL): string {
  if (method === 'POST' && pathname === '/v3/authentication') return 'token';
  if (method === 'POST' && pathname === '/v3/crmdata/targeting/segment') return 'create';
  if (method === 'GET' && SEGMENTS.test(pathname)) return 'list';
  if (method === 'POST' && SEGMENT.test(pathname)) return 'drop';
  return method === 'PUT' && pathname.startsWith('/drops/') ? 'upload' : 'unknown';
}

class CrmPlatform {
  readonly #options: CrmSandboxOptions;
  readonly #segments = new Map<string, { readonly name: string; members: readonly string[] }>([
    ['crm1', { name: 'sandbox', members: [] }],
  ]);
  /** Addresses handed out and not used yet. */
  readonly #drops = new Map<string, string>();
  #references = 0;
  baseUrl = '';

  constructor(options: CrmSandboxOptions) {
    this.#options = options;
  }

  answer({ operation, url, body }: SandboxRequest): SandboxAnswer {
    if (operation === 'list') return this.#list(url);
    const json = parsed(body);
    if (json === undefined) return refusal('The request could not be read.');
    if (operation === 'create') return this.#create(json);
    if (operation !== 'drop') return { status: 404 };
    const [, advertiser = '', segment = ''] = SEGMENT.exec(url.pathname) ?? [];
    if (!this.#isKnown(advertiser) || !this.#segments.has(segment)) return refusal('No such segment.', 404);
    const { PiiType, MergeMode, RetentionEnabled } = json;
    const isWhole =
      PiiType === 'EmailHashedUnifiedId2' && MergeMode === 'Replace' && typeof RetentionEnabled === 'boolean';
    if (!isWhole || Object.keys(json).length !== 3) return refusal('The drop is not valid.');
    const reference = `drop-${++this.#references}`;
    this.#drops.set(reference, segment);
    return jsonAnswer(200, { ReferenceId: reference, Url: `${this.baseUrl}/drops/${reference}?signature=sandbox` });
  }

  upload({ url, headers, body }: SandboxRequest): SandboxAnswer {
    const reference = url.pathname.slice('/drops/'.length);
    const segment = this.#segments.get(this.#drops.get(reference) ?? '');
    if (segment === undefined || url.searchParams.get('signature') !== 'sandbox') return { status: 403 };
    if (headers['content-type'] !== 'text/plain') return { status: 415 };
    const lines = body.toString('latin1').split('\n');
    const isEnded = lines.pop() === '';
    const isDigests = lines.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line)) && new Set(lines).size === lines.length;
    if (!isEnded || !isDigests || lines.length < (this.#options.minRows ?? 1)) return { status: 400 };
    this.#drops.delete(reference);
    segment.members = lines;
    return { status: 200 };
  }

  members(segment: string): string[] {
    return [...(this.#segments.get(segment)?.members ?? [])].sort();
  }

  record(): unknown {
    const segments = [...this.#segments].map(([id, { name, members }]) => ({ id, name, members: [...members].sort() }));
    return { segments, waiting: [...this.#drops.keys()] };
  }

  #list({ pathname, searchParams }: URL): SandboxAnswer {
    if (!this.#isKnown(SEGMENTS.exec(pathname)?.[1] ?? '')) return refusal('AdvertiserId is not valid.');
    const from = Number(searchParams.get('pagingToken') ?? 0);
    const all = [...this.#segments].map(([id, { name }]) => ({ CrmDataId: id, SegmentName: name }));
    const PagingToken = all.length > from + PAGE ? String(from + PAGE) : null;
    return jsonAnswer(200, { Segments: all.slice(from, from + PAGE), PagingToken });
  }

  #create({ AdvertiserId, SegmentName, Region }: Readonly<Record<string, unknown>>): SandboxAnswer {
    const isRegion = REGIONS.some((region) => region === Region);
    if (!this.#isKnown(String(AdvertiserId)) || typeof SegmentName !== 'string' || !isRegion) {
      return refusal('The segment is not valid.');
    }
    const id = `crm${this.#segments.size + 1}`;
    this.#segments.set(id, { name: SegmentName, members: [] });
    return jsonAnswer(200, { CrmDataId: id, FirstPartyDataId: `fp${id}` });
  }

  #isKnown(advertiser: string): boolean {
    return advertiser !== '' && this.#options.advertisers?.includes(advertiser) !== false;
  }
}
