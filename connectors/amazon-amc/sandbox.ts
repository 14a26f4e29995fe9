// Amazon Marketing Cloud's audience records as a server of ours: its own media type, closed records, a job for each call.
import { isHexDigest } from '../customer-list/id-kind.ts';
import { isObject, type JsonObject, jsonInteger, objectsOf } from '../customer-list/list-client.ts';
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
    if (method === 'POST' && pathname === '/amc/audiences/metadata') return 'create';
    if (method === 'GET' && pathname === '/amc/audiences/connections') return 'list';
    return method === 'GET' && AUDIENCE.test(pathname) ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, url, headers, json, body }, lists) => {
    const isClient = headers['amazon-advertising-api-clientid'] === SANDBOX_CREDENTIALS.client_id;
    if (!isClient) return refused(403, 'FORBIDDEN');
    if (operation === 'list') return jsonAnswer(200, { connections: [] });
    if (operation === 'change' || operation === 'create') {
      if (headers['content-type'] !== AMC_MEDIA_TYPE) return refused(415, 'UNSUPPORTED_MEDIA_TYPE');
      // Of the text, since an id wider than a number is read as one.
      const isNumber = (name: string) => new RegExp(`"${name}":[0-9]`).test(body.toString('latin1'));
      return operation === 'create' ? create(json, { isNumber, lists }) : change(json, { isNumber, lists });
    }
    const audienceId = AUDIENCE.exec(url.pathname)?.[1] ?? '';
    if (!lists.has(audienceId)) return refused(404, 'NOT_FOUND');
    const name = lists.named().find(({ id }) => id === audienceId)?.name;
    return jsonAnswer(200, { audienceId: jsonInteger(audienceId), name });
  },
};

export const startAmazonAmcSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

interface Given {
  /** Whether the field stood there as a number. */
  isNumber(name: string): boolean;
  readonly lists: SandboxLists;
}

/** Ids wider than a number can hold, as the platform has them. */
function create(json: JsonObject, { isNumber, lists }: Given): SandboxAnswer {
  const { name, description, countryCode, targetResource, metadata, ...rest } = json;
  const target = isObject(targetResource) ? targetResource : {};
  const { externalAudienceId, ttl = 0 } = isObject(metadata) ? metadata : {};
  const texts = [name, description, externalAudienceId].every((text) => typeof text === 'string' && text !== '');
  const isPlaced = typeof target.connectionId === 'string' || isNumber('advertiserId');
  const isWhole = texts && isPlaced && Object.keys(target).length === 1 && /^[A-Z]{2}$/.test(String(countryCode));
  if (!isWhole || Object.keys(rest).length > 0 || !(Number(ttl) >= 0 && Number(ttl) <= 34_300_800)) {
    return RULES.words.malformed;
  }
  const id = lists.create(String(name), String(413_642_381_039_213_501n + BigInt(lists.named().length)));
  return jsonAnswer(201, { audienceId: jsonInteger(id), externalAudienceId });
}

function change(json: JsonObject, { isNumber, lists }: Given): SandboxAnswer {
  const { audienceId } = json;
  const records = objectsOf(json.records);
  if (Object.keys(json).sort().join() !== 'audienceId,records' || !isNumber('audienceId')) {
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
