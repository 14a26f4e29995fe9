// The calls of Microsoft Advertising's customer lists, and what its partial errors and faults mean. Pure.
import {
  codeOf,
  type JsonObject,
  type ListAnswer,
  type ListBook,
  type ListCall,
  type ListProtocol,
  objectsOf,
  platformAudience,
} from '../customer-list/list-client.ts';
import {
  AuthenticationError,
  type DeliveryError,
  PermanentError,
  RetryableError,
  ThrottledError,
} from '../kit/errors.ts';
import { THROTTLE_PAUSE_MS } from './limits.ts';
import type { MicrosoftAdsSettings } from './settings.ts';

export const MICROSOFT_ADS_SCOPE = 'https://ads.microsoft.com/msads.manage offline_access';

const SUB_TYPES: Readonly<Record<MicrosoftAdsSettings['data_type'], string>> = { email: 'Email', customer: 'CRM' };

/** Invalid credentials and an expired token: a new one may be taken. */
const EXPIRED: ReadonlySet<unknown> = new Set([105, 109]);
const INTERNAL_ERROR = 0;
const CALL_RATE_EXCEEDED = 117;

export function microsoftAdsProtocol(settings: MicrosoftAdsSettings, developerToken: string): ListProtocol {
  const { api_url, audience_id, customer_id, customer_account_id, data_type } = settings;
  return {
    authorise: (token) => ({
      authorization: `Bearer ${token}`,
      developertoken: developerToken,
      customerid: customer_id,
      customeraccountid: customer_account_id,
    }),
    change: ({ isRemoval, rows }) => ({
      method: 'POST',
      url: `${api_url}/CustomerListUserData/Apply`,
      body: {
        CustomerListUserData: {
          ActionType: isRemoval ? 'Remove' : 'Add',
          AudienceId: audience_id,
          CustomerListItemSubType: SUB_TYPES[data_type],
          CustomerListItems: rows.map(({ id }) => id),
        },
      },
    }),
    look: () => ({
      method: 'POST',
      url: `${api_url}/Audiences/QueryByIds`,
      body: { AudienceIds: [audience_id], Type: 'CustomerList' },
    }),
    looked: ({ body }) =>
      objectsOf(body.Audiences)[0]?.Id === undefined
        ? new PermanentError('rejected', 'the account has no such audience')
        : undefined,
    audiences: audienceBook(api_url),
    refusal: refusalOf,
    rejected: rejectedItems,
  };
}

/** Without ids the platform tells of all audiences of the account and its customer, without pages. */
function audienceBook(apiUrl: string): ListBook {
  return {
    list: () => ({
      method: 'POST',
      url: `${apiUrl}/Audiences/QueryByIds`,
      body: { AudienceIds: null, Type: 'CustomerList' },
    }),
    listed: ({ body }) => {
      if (!Array.isArray(body.Audiences)) {
        throw new RetryableError('answer_invalid', 'the platform answered without its audiences');
      }
      return objectsOf(body.Audiences)
        .filter(({ Type: type }) => type === 'CustomerList')
        .map(({ Id: id, Name: name }) => platformAudience(id, name));
    },
    create: (name) => ({
      method: 'POST',
      url: `${apiUrl}/Audiences`,
      body: { Audiences: [{ Name: name, Type: 'CustomerList' }] },
    }),
    created: createdId,
  };
}

/** An audience that was not made has no id, and a partial error in its place. */
function createdId({ body }: ListAnswer): string {
  const [id] = Array.isArray(body.AudienceIds) ? body.AudienceIds : [];
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  const errors = objectsOf(body.PartialErrors);
  const [error] = errors;
  if (error === undefined) throw new RetryableError('answer_invalid', 'the platform gave no id of the new audience');
  if (error.ErrorCode === 'CustomerListTermsAndConditionsNotAccepted') {
    const hint = 'somebody accepts the terms of customer match in the account first';
    throw new PermanentError('rejected', `${hint} (${nameOf(error)})`);
  }
  throw passing(errors) ?? new PermanentError('rejected', `the platform refused (${nameOf(error)})`);
}

/** An AdApiFaultDetail names its errors in Errors, an ApiFaultDetail in BatchErrors and OperationErrors. */
function refusalOf({ body }: ListAnswer): DeliveryError | undefined {
  const faults = [body.Errors, body.BatchErrors, body.OperationErrors].flatMap(objectsOf);
  const [fault] = faults;
  return fault && (passing(faults) ?? new PermanentError('rejected', `refused (${nameOf(fault)})`));
}

/** Each item once, by its index; an error without one is of the whole call. */
function rejectedItems({ body }: ListAnswer, { rows }: ListCall): Map<number, string> {
  const errors = objectsOf(body.PartialErrors).filter((error) => Object.keys(error).length > 0);
  const again = passing(errors);
  if (again !== undefined) throw again;
  const rejected = new Map<number, string>();
  for (const error of errors) {
    const place = error.Index;
    if (typeof place !== 'number' || !Number.isInteger(place) || place < 0 || place >= rows.length) {
      throw new PermanentError('rejected', `the platform refused (${nameOf(error)})`);
    }
    if (!rejected.has(place)) rejected.set(place, nameOf(error));
  }
  return rejected;
}

/** What makes the call worth repeating, whatever else is wrong with it. */
function passing(errors: readonly JsonObject[]): DeliveryError | undefined {
  const codes = errors.map(({ Code: code }) => code);
  if (codes.some((code) => EXPIRED.has(code))) {
    return new AuthenticationError('authentication', 'the platform no longer takes the token');
  }
  if (codes.includes(CALL_RATE_EXCEEDED)) {
    const retryAfterMs = THROTTLE_PAUSE_MS;
    return new ThrottledError('throttled', 'the platform asked for fewer requests', { retryAfterMs });
  }
  return codes.includes(INTERNAL_ERROR) ? new RetryableError('server_error', 'an internal error') : undefined;
}

function nameOf({ Code: code, ErrorCode: name }: JsonObject): string {
  const known = codeOf(name);
  return known === 'no_code' && typeof code === 'number' ? `code_${code}` : known;
}
