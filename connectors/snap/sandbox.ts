// Snap's customer lists as a server of ours: one users element a call, one schema, one digest a row.
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
import { MAX_IDS_PER_CALL } from './limits.ts';

const refused = (status: number, code: string, headers: Record<string, string> = {}): SandboxAnswer =>
  jsonAnswer(status, { request_status: 'ERROR', request_id: 'sandbox', error_code: code }, headers);

const ACCOUNT = /^\/adaccounts\/([^/]+)\/segments$/;

const RULES: SandboxRules = {
  words: {
    unauthorised: refused(401, 'E1003'),
    throttled: refused(429, 'E1021', { 'retry-after': '9' }),
    unavailable: refused(503, 'E1002'),
    malformed: refused(400, 'E1001'),
  },
  operationOf: (method, { pathname }) => {
    if (/^\/segments\/[^/]+\/users$/.test(pathname) && (method === 'POST' || method === 'DELETE')) return 'change';
    if (ACCOUNT.test(pathname)) return method === 'GET' ? 'list' : method === 'POST' ? 'create' : 'unknown';
    return /^\/segments\/[^/]+$/.test(pathname) && method === 'GET' ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, method, url, json }, lists) => {
    if (operation === 'list') return saidAll(lists.named());
    if (operation === 'create') return create(json, ACCOUNT.exec(url.pathname)?.[1], lists);
    const list = url.pathname.split('/')[2] ?? '';
    if (!lists.has(list)) return refused(404, 'E3003');
    return method === 'GET' ? said('segments', { segment: { id: list } }) : change(json, { list, method, lists });
  },
};

export const startSnapSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

const said = (name: string, sub: JsonObject): SandboxAnswer =>
  jsonAnswer(200, { request_status: 'SUCCESS', [name]: [{ sub_request_status: 'SUCCESS', ...sub }] });

const saidAll = (segments: readonly JsonObject[]): SandboxAnswer =>
  jsonAnswer(200, {
    request_status: 'SUCCESS',
    segments: segments.map((segment) => ({ sub_request_status: 'SUCCESS', segment })),
  });

function create(json: JsonObject, account: string | undefined, lists: SandboxLists): SandboxAnswer {
  const [segment, ...more] = objectsOf(json.segments);
  const { name, source_type, ad_account_id } = segment ?? {};
  const isWhole = typeof name === 'string' && source_type === 'FIRST_PARTY' && ad_account_id === account;
  return more.length > 0 || !isWhole ? RULES.words.malformed : saidAll([{ id: lists.create(name), name }]);
}

const SCHEMAS: ReadonlySet<unknown> = new Set(['EMAIL_SHA256', 'PHONE_SHA256', 'MOBILE_AD_ID_SHA256']);

function change(json: JsonObject, to: { list: string; method: string; lists: SandboxLists }): SandboxAnswer {
  const users = objectsOf(json.users);
  const { schema, data } = users[0] ?? {};
  const rows: unknown[] = Array.isArray(data) ? data : [];
  const isWhole = Object.keys(json).join() === 'users' && users.length === 1;
  const isOneSchema = Array.isArray(schema) && schema.length === 1 && SCHEMAS.has(schema[0]);
  if (!isWhole || !isOneSchema || rows.length === 0 || rows.length > MAX_IDS_PER_CALL) return RULES.words.malformed;
  if (!rows.every((row) => Array.isArray(row) && row.length === 1 && isHexDigest(String(row[0])))) {
    return RULES.words.malformed;
  }
  const taken = rows.flat().map(String).filter(to.lists.isTaken.bind(to.lists));
  for (const id of taken) to.lists.change(to.list, id, { isRemoval: to.method === 'DELETE' });
  return said('users', { user: { number_uploaded_users: taken.length } });
}
