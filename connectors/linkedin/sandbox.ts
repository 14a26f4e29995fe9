// LinkedIn's DMP segment users as a server of ours: versions in headers, and a status for each element.
import { isHexDigest } from '../customer-list/id-kind.ts';
import { type JsonObject, objectsOf } from '../customer-list/list-client.ts';
import {
  type ListSandbox,
  type ListSandboxOptions,
  type SandboxLists,
  type SandboxRules,
  startListSandbox,
} from '../customer-list/sandbox-ground.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_USERS_PER_CALL } from './limits.ts';

const refused = (status: number, code: string, headers: Record<string, string> = {}): SandboxAnswer =>
  jsonAnswer(status, { status, code, message: 'Refused.' }, headers);

const SEGMENT = /^\/dmpSegments\/(\d+)(\/users)?$/;

const RULES: SandboxRules = {
  words: {
    unauthorised: refused(401, 'EXPIRED_ACCESS_TOKEN'),
    throttled: refused(429, 'TOO_MANY_REQUESTS', { 'retry-after': '9' }),
    unavailable: refused(503, 'SERVICE_UNAVAILABLE'),
    malformed: refused(400, 'ILLEGAL_ARGUMENT'),
  },
  operationOf: (method, { pathname }) => {
    if (pathname === '/dmpSegments') return method === 'POST' ? 'create' : method === 'GET' ? 'list' : 'unknown';
    const [path, , users] = SEGMENT.exec(pathname) ?? [];
    if (path === undefined) return 'unknown';
    return users && method === 'POST' ? 'change' : !users && method === 'GET' ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, url, headers, json }, lists) => {
    const list = SEGMENT.exec(url.pathname)?.[1] ?? '';
    if (!/^20\d{4}$/.test(headers['linkedin-version'] ?? '')) return refused(426, 'NONEXISTENT_VERSION');
    if (headers['x-restli-protocol-version'] !== '2.0.0') return RULES.words.malformed;
    if (operation === 'list') return listed(url, lists);
    if (operation === 'create') return create(json, lists);
    if (!lists.has(list)) return refused(404, 'NOT_FOUND');
    if (operation === 'look') return jsonAnswer(200, { id: Number(list), type: 'USER' });
    return headers['x-restli-method'] === 'BATCH_CREATE' ? change(json, { list, lists }) : RULES.words.malformed;
  },
};

export const startLinkedinSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

const ACCOUNT = /^urn:li:sponsoredAccount:\d+$/;

function listed({ searchParams }: URL, lists: SandboxLists): SandboxAnswer {
  const isAsked = searchParams.get('q') === 'account' && ACCOUNT.test(searchParams.get('account') ?? '');
  return isAsked ? jsonAnswer(200, { elements: lists.named() }) : RULES.words.malformed;
}

function create({ name, account, type, destinations }: JsonObject, lists: SandboxLists): SandboxAnswer {
  const isWhole = typeof name === 'string' && ACCOUNT.test(String(account)) && type === 'USER';
  if (!isWhole || objectsOf(destinations).length === 0) return RULES.words.malformed;
  return { status: 201, headers: { 'x-linkedin-id': lists.create(name) } };
}

const TYPES: Readonly<Record<string, (id: string) => boolean>> = {
  SHA256_EMAIL: isHexDigest,
  GOOGLE_AID: (id) => /^[0-9a-f-]{36}$/i.test(id),
};

function change(json: JsonObject, { list, lists }: { list: string; lists: SandboxLists }): SandboxAnswer {
  const elements = objectsOf(json.elements);
  if (Object.keys(json).join() !== 'elements' || elements.length === 0 || elements.length > MAX_USERS_PER_CALL) {
    return RULES.words.malformed;
  }
  const answers = elements.map(({ action, userIds }) => {
    const [user, ...more] = objectsOf(userIds);
    const id = String(user?.idValue);
    const isValid = more.length === 0 && TYPES[String(user?.idType)]?.(id) === true && lists.isTaken(id);
    if (!isValid || (action !== 'ADD' && action !== 'REMOVE')) return { status: 400, error: { status: 400 } };
    lists.change(list, id, { isRemoval: action === 'REMOVE' });
    return { status: 201 };
  });
  return jsonAnswer(200, { elements: answers });
}
