// The calls of Snap's customer lists: one element of users with one schema, and its own status in the answer. Pure.
import { mobileIdDigest } from '../customer-list/id-kind.ts';
import {
  codeOf,
  type ListAnswer,
  type ListBook,
  type ListProtocol,
  objectsOf,
  platformAudience,
} from '../customer-list/list-client.ts';
import { type DeliveryError, PermanentError } from '../kit/errors.ts';
import type { SnapSettings } from './settings.ts';

const SCHEMAS: Readonly<Record<SnapSettings['data_type'], string>> = {
  email: 'EMAIL_SHA256',
  phone: 'PHONE_SHA256',
  'mobile-advertising-id': 'MOBILE_AD_ID_SHA256',
};

export function snapProtocol(settings: SnapSettings): ListProtocol {
  const { api_url, segment_id, data_type } = settings;
  const url = `${api_url}/segments/${segment_id}`;
  const sent = data_type === 'mobile-advertising-id' ? mobileIdDigest : (id: string) => id;
  return {
    authorise: (token) => ({ authorization: `Bearer ${token}` }),
    change: ({ isRemoval, rows }) => ({
      method: isRemoval ? 'DELETE' : 'POST',
      url: `${url}/users`,
      body: { users: [{ schema: [SCHEMAS[data_type]], data: rows.map(({ id }) => [sent(id)]) }] },
    }),
    look: () => ({ method: 'GET', url }),
    ...(settings.ad_account_id === undefined ? {} : { audiences: segmentBook(api_url, settings.ad_account_id) }),
    refusal: refusalOf,
    rejected: ({ body }, { rows }) => {
      const [sub] = objectsOf(body.users);
      const [uploaded] = objectsOf([sub?.user]).map(({ number_uploaded_users: count }) => count);
      // The answer is about the one element of users, and never says which rows.
      return typeof uploaded === 'number' && uploaded >= 0 && uploaded < rows.length
        ? { not_uploaded: rows.length - uploaded }
        : {};
    },
  };
}

/** The longest retention is the platform's own default. */
function segmentBook(apiUrl: string, account: string): ListBook {
  const url = `${apiUrl}/adaccounts/${account}/segments`;
  const listed = ({ body }: ListAnswer) =>
    objectsOf(body.segments).map(({ segment }) => {
      const [{ id, name } = {}] = objectsOf([segment]);
      return platformAudience(id, name);
    });
  const made = (name: string) => ({ name, source_type: 'FIRST_PARTY', ad_account_id: account });
  return {
    list: () => ({ method: 'GET', url }),
    listed,
    create: (name) => ({ method: 'POST', url, body: { segments: [made(name)] } }),
    created: (answer) => listed(answer)[0]?.id ?? '',
  };
}

/** A status of 200 may hold an element that failed. Other statuses are left to the rules of all. */
function refusalOf({ status, body }: ListAnswer): DeliveryError | undefined {
  if (status < 200 || status >= 300) return undefined;
  const failed = [
    body.request_status,
    ...objectsOf(body.users ?? body.segments).map((sub) => sub.sub_request_status),
  ].some((word) => String(word).toUpperCase() !== 'SUCCESS');
  return failed ? new PermanentError('rejected', `the platform refused (${codeOf(body.error_code)})`) : undefined;
}
