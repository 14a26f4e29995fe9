// Microsoft Advertising's customer lists as a server of ours: faults with numbered codes, partial errors by index.
import { isHexDigest } from '../customer-list/id-kind.ts';
import { isObject, type JsonObject } from '../customer-list/list-client.ts';
import {
  type ListSandbox,
  type ListSandboxOptions,
  SANDBOX_KEY,
  type SandboxLists,
  type SandboxRules,
  startListSandbox,
} from '../customer-list/sandbox-ground.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_ITEMS_PER_CALL } from './limits.ts';

const fault = (status: number, Code: number, ErrorCode: string): SandboxAnswer =>
  jsonAnswer(status, { TrackingId: 'sandbox', Type: 'AdApiFaultDetail', Errors: [{ Code, ErrorCode, Message: '' }] });

const RULES: SandboxRules = {
  words: {
    unauthorised: fault(401, 109, 'AuthenticationTokenExpired'),
    throttled: fault(400, 117, 'CallRateExceeded'),
    unavailable: fault(500, 0, 'InternalError'),
    malformed: fault(400, 100, 'NullRequest'),
  },
  operationOf: (method, { pathname }) => {
    if (method !== 'POST') return 'unknown';
    if (pathname === '/CustomerListUserData/Apply') return 'change';
    return pathname === '/Audiences/QueryByIds' ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, headers, json }, lists) => {
    if (headers.developertoken !== SANDBOX_KEY) return fault(401, 105, 'InvalidCredentials');
    const isAccount = /^\d+$/.test(headers.customerid ?? '') && /^\d+$/.test(headers.customeraccountid ?? '');
    if (!isAccount) return fault(400, 106, 'UserIsNotAuthorized');
    if (operation === 'change') return change(json, lists);
    const ids: unknown[] = Array.isArray(json.AudienceIds) ? json.AudienceIds : [];
    const Audiences = ids.map((id) => (lists.has(String(id)) ? { Id: id, Type: 'CustomerList' } : null));
    return jsonAnswer(200, { Audiences, PartialErrors: [] });
  },
};

export const startMicrosoftAdsSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

const FIELDS = ['ActionType', 'AudienceId', 'CustomerListItemSubType', 'CustomerListItems'].join();

function change(json: JsonObject, lists: SandboxLists): SandboxAnswer {
  const data = isObject(json.CustomerListUserData) ? json.CustomerListUserData : {};
  const { ActionType: action, AudienceId: list, CustomerListItemSubType: type, CustomerListItems: items } = data;
  if (Object.keys(data).sort().join() !== FIELDS || !Array.isArray(items)) return RULES.words.malformed;
  if (action !== 'Add' && action !== 'Remove') return RULES.words.malformed;
  if (items.length === 0 || items.length > MAX_ITEMS_PER_CALL) return RULES.words.malformed;
  if (!lists.has(String(list))) return fault(400, 4_836, 'InvalidAudienceId');
  const isValid = (item: string) => (type === 'CRM' || (type === 'Email' && isHexDigest(item))) && lists.isTaken(item);
  const PartialErrors = items.flatMap((item, Index) =>
    isValid(String(item)) ? [] : [{ Index, Code: 4_841, ErrorCode: 'CustomerListItemInvalid', Message: '' }],
  );
  for (const item of items.map(String).filter(isValid)) {
    lists.change(String(list), item, { isRemoval: action === 'Remove' });
  }
  return jsonAnswer(200, { PartialErrors });
}
