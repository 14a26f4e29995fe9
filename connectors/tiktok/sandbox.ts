// TikTok's audience mapping as a server of ours: closed schemas, and every error with status 200 and a code.
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

const said = (code: number, message: string, data: JsonObject = {}): SandboxAnswer =>
  jsonAnswer(200, { code, message, request_id: 'sandbox', data });

const SCHEMAS: ReadonlySet<unknown> = new Set(['EMAIL_SHA256', 'PHONE_SHA256', 'IDFA_SHA256', 'AAID_SHA256']);
const FIELDS = ['action', 'advertiser_ids', 'batch_data', 'id_schema'].join();

const RULES: SandboxRules = {
  words: {
    unauthorised: said(40105, 'Access token is incorrect or has been revoked.'),
    throttled: said(40100, 'Too many requests.'),
    unavailable: said(50000, 'System error.'),
    malformed: said(40002, 'Request body is no JSON.'),
  },
  clientIn: 'key',
  operationOf: (method, { pathname }) => {
    if (method === 'POST' && pathname === '/segment/mapping/') return 'change';
    if (method === 'POST' && pathname === '/segment/audience/') return 'create';
    if (method === 'GET' && pathname === '/dmp/custom_audience/list/') return 'list';
    return method === 'GET' && pathname === '/advertiser/info/' ? 'look' : 'unknown';
  },
  tokenOf: (headers) => headers['access-token'],
  answer: ({ operation, url, json }, lists) => {
    if (operation === 'look') return look(url);
    if (operation === 'list') return listed(url, lists);
    return operation === 'create' ? create(json, lists) : map(json, lists);
  },
};

export const startTiktokSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

function look(url: URL): SandboxAnswer {
  const named = /^\["(\d+)"\]$/.exec(url.searchParams.get('advertiser_ids') ?? '')?.[1];
  return named === undefined
    ? said(40002, 'advertiser_ids: not a list.')
    : said(0, 'OK', { list: [{ advertiser_id: named }] });
}

function listed(url: URL, lists: SandboxLists): SandboxAnswer {
  if (!/^\d+$/.test(url.searchParams.get('advertiser_id') ?? '')) return said(40002, 'advertiser_id: missing.');
  return said(0, 'OK', { list: lists.named().map(({ id, name }) => ({ audience_id: id, name })) });
}

function create({ advertiser_id, action, custom_audience_name }: JsonObject, lists: SandboxLists): SandboxAnswer {
  const isWhole = typeof advertiser_id === 'string' && action === 'create' && typeof custom_audience_name === 'string';
  return isWhole ? said(0, 'OK', { audience_id: lists.create(custom_audience_name) }) : said(40002, 'Not valid.');
}

function map(json: JsonObject, lists: SandboxLists): SandboxAnswer {
  const { action, advertiser_ids, id_schema, batch_data } = json;
  if (Object.keys(json).sort().join() !== FIELDS) return said(40002, 'Missing or unknown fields.');
  if (action !== 'add' && action !== 'delete') return said(40002, 'action: not one of add, delete.');
  if (!isTexts(advertiser_ids) || !isTexts(id_schema) || id_schema.length !== 1 || !SCHEMAS.has(id_schema[0])) {
    return said(40002, 'advertiser_ids or id_schema: not valid.');
  }
  const rows = Array.isArray(batch_data) ? batch_data.map((row) => objectsOf(row)) : [];
  if (rows.length === 0 || rows.length > MAX_IDS_PER_CALL) return said(40002, 'batch_data: too few or too many rows.');
  for (const row of rows) {
    const [member] = row;
    if (row.length !== 1 || !isHexDigest(String(member?.id)) || !isTexts(member?.audience_ids)) {
      return said(40002, 'batch_data: a row is not valid.');
    }
    if (!member.audience_ids.every((list) => lists.has(list))) return said(40007, 'The audience does not exist.');
  }
  const members = rows.flatMap((row) => row.map(({ id, audience_ids }) => ({ id: String(id), audience_ids })));
  const taken = members.filter(({ id }) => lists.isTaken(id));
  for (const { id, audience_ids } of taken) {
    for (const list of audience_ids as string[]) lists.change(list, id, { isRemoval: action === 'delete' });
  }
  return taken.length === members.length ? said(0, 'OK') : said(20001, 'Partially successful.');
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
