// The calls of Pinterest's customer lists: records as one text, added to or removed from a list. Pure.
import { mobileIdDigest } from '../customer-list/id-kind.ts';
import { isObject, type ListProtocol, objectsOf, platformAudience } from '../customer-list/list-client.ts';
import type { PinterestSettings } from './settings.ts';

export function pinterestProtocol(settings: PinterestSettings): ListProtocol {
  const { api_url, ad_account_id, customer_list_id, data_type } = settings;
  const url = `${api_url}/ad_accounts/${ad_account_id}/customer_lists/${customer_list_id}`;
  const sent = data_type === 'mobile-advertising-id' ? mobileIdDigest : (id: string) => id;
  return {
    authorise: (token) => ({ authorization: `Bearer ${token}` }),
    change: ({ isRemoval, rows }) => ({
      method: 'PATCH',
      url,
      body: { operation_type: isRemoval ? 'REMOVE' : 'ADD', records: rows.map(({ id }) => sent(id)).join(',') },
    }),
    look: () => ({ method: 'GET', url }),
    // A list is made with its first records alone, so that none is made here.
    audiences: {
      list: () => ({ method: 'GET', url: `${api_url}/ad_accounts/${ad_account_id}/customer_lists?page_size=250` }),
      listed: ({ body }) => objectsOf(body.items).map(({ id, name }) => platformAudience(id, name)),
    },
    refusal: () => undefined,
    // The form of exceptions is not described, and the other counters are of the list's whole life: it is told that there
    // are some, not how many.
    rejected: ({ body: { exceptions } }) => (isSomething(exceptions) ? { exceptions: 1 } : {}),
  };
}

function isSomething(exceptions: unknown): boolean {
  if (typeof exceptions === 'string') return exceptions !== '';
  if (Array.isArray(exceptions)) return exceptions.length > 0;
  return isObject(exceptions) && Object.keys(exceptions).length > 0;
}
