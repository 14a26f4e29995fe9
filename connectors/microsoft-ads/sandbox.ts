// Microsoft Advertising's customer lists as a server of ours: faults with numbered codes, partial errors by index.
import { isHexDigest } from '../customer-list/id-kind.ts';
import { isObject, type JsonObject, objectsOf } from '../customer-list/list-client.ts';
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
    if (pathname === '/Audiences') return 'create';
    return pathname === '/Audiences/QueryByIds' ? 'look' : 'unknown';
  },
  tokenOf: ({ authorization = '' }) => /^Bearer (.+)$/.exec(authorization)?.[1],
  answer: ({ operation, headers, json }, lists) => {
    if (headers.developertoken !== SANDBOX_KEY) return fault(401, 105, 'InvalidCredentials');
    const isAccount = /^\d+$/.test(headers.customerid ?? '') && /^\d+$/.test(headers.customeraccountid ?? '');
    if (!isAccount) return fault(400, 106, 'UserIsNotAuthorized');
    if (operation === 'change') return change(json, lists);
    return operation === 'create' ? create(json, lists) : query(json, lists);
  },
};

export const startMicrosoftAdsSandbox = (options: ListSandboxOptions = {}): Promise<ListSandbox> =>
  startListSandbox(RULES, options);

/** By their ids, or all that have a name; beside them one that no list may fill. */
function query({ AudienceIds: asked = null, Type }: JsonObject, lists: SandboxLists): SandboxAnswer {
  if (Type !== 'CustomerList' || (asked !== null && !Array.isArray(asked))) return RULES.words.malformed;
  const ids: unknown[] = asked ?? [];
  if (ids.length > 100) return fault(400, 4_800, 'ArrayTooLong');
  if (ids.length > 0) {
    const Audiences = ids.map((id) => (lists.has(String(id)) ? { Id: id, Type } : null));
    return jsonAnswer(200, { Audiences, PartialErrors: [] });
  }
  const named = lists.named().map(({ id, name }) => ({ Id: id, Name: name, Type, Scope: 'Account' }));
  const Audiences = [{ Id: '80001', Name: 'Visitors', Type: 'RemarketingList', Scope: 'Account' }, ...named];
  return jsonAnswer(200, { Audiences, PartialErrors: [] });
}

function create(json: JsonObject, lists: SandboxLists): SandboxAnswer {
  const audiences = objectsOf(json.Audiences);
  if (Object.keys(json).join() !== 'Audiences' || audiences.length === 0 || audiences.length > 100) {
    return RULES.words.malformed;
  }
  const faults = audiences.map(({ Name, Type, ...rest }) => {
    if (Type !== 'CustomerList' || Object.keys(rest).length > 0) return 'InvalidAudienceType';
    if (typeof Name !== 'string' || Name === '') return 'AudienceNameInvalid';
    return lists.named().some(({ name }) => name === Name) ? 'DuplicateAudienceName' : undefined;
  });
  const PartialErrors = faults.flatMap((ErrorCode, Index) =>
    ErrorCode === undefined ? [] : [{ Index, Code: 4_844, ErrorCode, Message: '' }],
  );
  const AudienceIds = audiences.map(({ Name }, at) => (faults[at] === undefined ? lists.create(String(Name)) : null));
  return jsonAnswer(200, { AudienceIds, PartialErrors });
}

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
