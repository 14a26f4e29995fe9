// Amazon Marketing Cloud's audience records as a server of ours: its own media type, closed records, a job for each call.
import { isHexDigest } from '../customer-list/id-kind.ts';
import { isObject, type JsonObject, objectsOf } from '../customer-list/list-client.ts';
import {
  type ListSandbox,
  type ListSandboxOptions,
  SANDBOX_CREDENTIALS,
  type SandboxLists,
  type SandboxRules,
  startListSandbox,
} from '../customer-list/sandbox-ground.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_RECORDS_PER_CALL } from './limits.ts';
import { AMC_MEDIA_TYPE } from './payload.ts';

const refused = (status: number, code: string, headers: Record<string, string> = {}): SandboxAnswer =>
  jsonAnswer(status, { code, details: 'Refused.' }, headers);

const AUDIENCE = /^\/amc\/audiences\/metadata\/(\d+)$/;

const RULES: SandboxRules = {
  words: {
    unauthorised: refused(401, 'UNAUTHORIZED'),
    throttled: refused(429, 'THROTTLED', { 'retry-after': '9' }),
    unavailable: refused(503, 'SERVICE_UNAVAILABLE'),
    malformed: refused(400, 'INVALID_ARGUMENT'),
  },
  operationOf: (method, { pathname }) => {
    if (method === 'POST' && pathname === '/amc/audiences/records') return 'change';
    return method === 'GET' && AUDIENCE.test(pathname) ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, url, headers, json }, lists) => {
    const isClient = headers['amazon-advertising-api-clientid'] === SANDBOX_CREDENTIALS.client_id;
    if (!isClient) return refused(403, 'FORBIDDEN');
    if (operation === 'change') {
      return headers['content-type'] === AMC_MEDIA_TYPE ? change(json, lists) : refused(415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    const audienceId = AUDIENCE.exec(url.pathname)?.[1] ?? '';
    return lists.has(audienceId) ? jsonAnswer(200, { audienceId: Number(audienceId) }) : refused(404, 'NOT_FOUND');
  },
};

export const startAmazonAmcSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

function change(json: JsonObject, lists: SandboxLists): SandboxAnswer {
  const { audienceId } = json;
  const records = objectsOf(json.records);
  if (Object.keys(json).sort().join() !== 'audienceId,records' || typeof audienceId !== 'number') {
    return RULES.words.malformed;
  }
  if (!lists.has(String(audienceId))) return refused(404, 'NOT_FOUND');
  if (records.length === 0 || records.length > MAX_RECORDS_PER_CALL || !records.every(isRecord)) {
    return RULES.words.malformed;
  }
  for (const { externalUserId, action, userConsent: about } of records) {
    lists.change(String(audienceId), String(externalUserId), { isRemoval: action === 'DELETE', about });
  }
  return jsonAnswer(202, { jobRequestId: `job-${records.length}` });
}

const FIELDS: ReadonlySet<string> = new Set(['externalUserId', 'countryCode', 'action', 'hashedPII', 'userConsent']);

function isRecord(record: JsonObject): boolean {
  const { externalUserId, countryCode, action, hashedPII, userConsent } = record;
  const [pii = {}] = objectsOf(hashedPII);
  return (
    Object.keys(record).every((name) => FIELDS.has(name)) &&
    /^[0-9a-zA-Z_-]{1,128}$/.test(String(externalUserId)) &&
    /^[A-Z]{2}$/.test(String(countryCode)) &&
    Object.entries(pii).length > 0 &&
    Object.entries(pii).every(([name, value]) => /^(email|phone)$/.test(name) && isHexDigest(String(value))) &&
    (action === 'DELETE' || (action === 'CREATE' && isObject(userConsent) && isObject(userConsent.geo)))
  );
}
