// Pinterest's customer lists as a server of ours: clients named by HTTP Basic, records as one text.
import { isHexDigest } from '../customer-list/id-kind.ts';
import type { JsonObject } from '../customer-list/list-client.ts';
import {
  type ListSandbox,
  type ListSandboxOptions,
  type SandboxLists,
  type SandboxRules,
  startListSandbox,
} from '../customer-list/sandbox-ground.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_CALL_BYTES, MAX_RECORDS_PER_CALL } from './limits.ts';

const refused = (status: number, code: number, headers: Record<string, string> = {}): SandboxAnswer =>
  jsonAnswer(status, { code, message: 'Refused.' }, headers);

const LISTS = /^\/ad_accounts\/\d+\/customer_lists$/;
const LIST = /^\/ad_accounts\/\d+\/customer_lists\/(\d+)$/;

const RULES: SandboxRules = {
  words: {
    unauthorised: refused(401, 2),
    throttled: refused(429, 8, { 'retry-after': '9' }),
    unavailable: refused(503, 12),
    malformed: refused(400, 1),
  },
  clientIn: 'basic',
  operationOf: (method, { pathname }) => {
    if (LISTS.test(pathname) && method === 'GET') return 'list';
    if (!LIST.test(pathname)) return 'unknown';
    return method === 'PATCH' ? 'change' : method === 'GET' ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, method, url, json, body }, lists) => {
    if (operation === 'list') return jsonAnswer(200, { items: lists.named(), bookmark: null });
    const list = LIST.exec(url.pathname)?.[1] ?? '';
    if (!lists.has(list)) return refused(404, 4);
    if (body.length > MAX_CALL_BYTES + 1_000) return refused(400, 1);
    return method === 'GET' ? described(list, lists) : change(json, { list, lists });
  },
};

export const startPinterestSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

function described(list: string, lists: SandboxLists, exceptions: JsonObject = {}): SandboxAnswer {
  const num_uploaded_user_records = lists.members(list).length;
  return jsonAnswer(200, {
    id: list,
    type: 'customerlist',
    status: 'PROCESSING',
    num_uploaded_user_records,
    exceptions,
  });
}

function change(json: JsonObject, { list, lists }: { list: string; lists: SandboxLists }): SandboxAnswer {
  const { operation_type: operation, records } = json;
  if (Object.keys(json).sort().join() !== 'operation_type,records') return RULES.words.malformed;
  if ((operation !== 'ADD' && operation !== 'REMOVE') || typeof records !== 'string') return RULES.words.malformed;
  const ids = records.split(',');
  if (ids.length > MAX_RECORDS_PER_CALL || !ids.every(isHexDigest)) return RULES.words.malformed;
  const taken = ids.filter((id) => lists.isTaken(id));
  for (const id of taken) lists.change(list, id, { isRemoval: operation === 'REMOVE' });
  return described(list, lists, taken.length === ids.length ? {} : { message: 'Some records were left out.' });
}
