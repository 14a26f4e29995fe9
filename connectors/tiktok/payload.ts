// The calls of TikTok's audience mapping, and what its answers mean: errors come with status 200 and a code. Pure.
import { mobileIdDigest } from '../customer-list/id-kind.ts';
import {
  type ListAnswer,
  type ListBook,
  type ListCall,
  type ListProtocol,
  type ListRequest,
  objectsOf,
  platformAudience,
} from '../customer-list/list-client.ts';
import { type DeliveryError, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';
import { RequestRejected } from '../kit/rejection.ts';
import { THROTTLE_PAUSE_MS } from './limits.ts';
import { type DataType, KINDS, type TiktokSettings } from './settings.ts';

const SCHEMAS: Readonly<Record<DataType, string>> = {
  email: 'EMAIL_SHA256',
  phone: 'PHONE_SHA256',
  idfa: 'IDFA_SHA256',
  aaid: 'AAID_SHA256',
};

const PARTIAL = 20001;
/** Limits of the application, of the endpoint and of the advertiser. */
const THROTTLED: ReadonlySet<unknown> = new Set([40016, 40100, 40132, 40133]);
/** Expired, empty, invalid, of another user: a person makes a new token. */
const UNAUTHENTICATED: ReadonlySet<unknown> = new Set([40102, 40104, 40105, 40106]);

export function tiktokProtocol(settings: TiktokSettings): ListProtocol {
  const { api_url, advertiser_id } = settings;
  return {
    authorise: (token) => ({ 'access-token': token }),
    change: (call) => changeRequest(call, settings),
    look: () => ({
      method: 'GET',
      url: `${api_url}/advertiser/info/?advertiser_ids=${encodeURIComponent(JSON.stringify([advertiser_id]))}`,
    }),
    audiences: audienceBook(settings),
    refusal: refusalOf,
    rejected: () => ({}),
  };
}

/** That an audience is made by the action `create` of this call is known from a third party's connector alone [?]. */
function audienceBook({ api_url, advertiser_id }: TiktokSettings): ListBook {
  return {
    list: () => ({
      method: 'GET',
      url: `${api_url}/dmp/custom_audience/list/?${new URLSearchParams({ advertiser_id, page: '1', page_size: '100' })}`,
    }),
    listed: ({ body }) =>
      objectsOf(objectsOf([body.data])[0]?.list).map(({ audience_id, name }) => platformAudience(audience_id, name)),
    create: (custom_audience_name) => ({
      method: 'POST',
      url: `${api_url}/segment/audience/`,
      body: { advertiser_id, action: 'create', custom_audience_name },
    }),
    created: ({ body }) => String(objectsOf([body.data])[0]?.audience_id ?? ''),
  };
}

function changeRequest({ isRemoval, rows }: ListCall, settings: TiktokSettings): ListRequest {
  const { api_url, advertiser_id, audience_id, data_type } = settings;
  const isMobile = KINDS[data_type] === 'mobile-advertising-id';
  const body = {
    advertiser_ids: [advertiser_id],
    action: isRemoval ? 'delete' : 'add',
    id_schema: [SCHEMAS[data_type]],
    batch_data: rows.map(({ id }) => [{ id: isMobile ? mobileIdDigest(id) : id, audience_ids: [audience_id] }]),
  };
  return { method: 'POST', url: `${api_url}/segment/mapping/`, body };
}

/** The code goes before the HTTP status; without one the request never reached the API. */
function refusalOf({ status, body: { code } }: ListAnswer): DeliveryError | undefined {
  if (typeof code !== 'number') {
    return status === 200 ? new RetryableError('answer_invalid', 'the platform answered without a code') : undefined;
  }
  if (code === 0) return undefined;
  // It does not say which rows: halves are sent until they are found, and adding or removing twice changes nothing.
  if (code === PARTIAL) return new RequestRejected({ rowCode: String(code) });
  const said = `the platform answered with code ${code}`;
  if (THROTTLED.has(code)) return new ThrottledError('throttled', said, { retryAfterMs: THROTTLE_PAUSE_MS });
  if (UNAUTHENTICATED.has(code)) return new PermanentError('authentication', said);
  if (code >= 50_000 && code < 60_000) return new RetryableError('server_error', said);
  return new PermanentError('rejected', said);
}
