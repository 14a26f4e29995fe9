// The calls of Amazon Marketing Cloud's audience records: each says whom, what to do, and what the person agreed to. Pure.
import { createHash } from 'node:crypto';
import {
  type JsonObject,
  jsonInteger,
  type ListAnswer,
  type ListBook,
  type ListCall,
  type ListProtocol,
  type ListRow,
  platformAudience,
} from '../customer-list/list-client.ts';
import { consentState } from '../kit/consent.ts';
import type { PlatformAudience } from '../kit/define-destination.ts';
import { type DeliveryError, PermanentError, RetryableError } from '../kit/errors.ts';
import type { Counts } from '../kit/report.ts';
import type { AmazonAmcSettings } from './settings.ts';

export const AMC_MEDIA_TYPE = 'application/vnd.amcaudiences.v1+json';

export interface AmazonFacts {
  readonly clientId: string;
  readonly decidedPurpose: string | undefined;
}

export function amazonAmcProtocol(settings: AmazonAmcSettings, facts: AmazonFacts): ListProtocol {
  const { api_url, audience_id } = settings;
  return {
    authorise: (token) => ({
      authorization: `Bearer ${token}`,
      'amazon-advertising-api-clientid': facts.clientId,
    }),
    change: ({ isRemoval, rows }) => ({
      method: 'POST',
      url: `${api_url}/amc/audiences/records`,
      headers: { 'content-type': AMC_MEDIA_TYPE },
      body: {
        audienceId: jsonInteger(audience_id),
        records: rows.map((row) => recordOf(row, { isRemoval, settings, facts })),
      },
    }),
    look: () => ({ method: 'GET', url: `${api_url}/amc/audiences/metadata/${audience_id}` }),
    audiences: audienceBook(settings),
    refusal: refusalOf,
    rejected: (_answer, call) => deniedOf(call, facts),
  };
}

/** The platform tells of an audience by its id, of none by its name: the list is the chosen one, or nothing but a trial of the token. */
function audienceBook(settings: AmazonAmcSettings): ListBook {
  const { api_url, audience_id: chosen } = settings;
  const metadata = `${api_url}/amc/audiences/metadata`;
  return {
    list: () => ({
      method: 'GET',
      url: chosen === undefined ? `${api_url}/amc/audiences/connections` : `${metadata}/${chosen}`,
    }),
    listed: (answer) => (chosen === undefined ? [] : [describedIn(answer)]),
    one: {
      find: (id) => {
        if (/^[1-9][0-9]{0,18}$/.test(id)) return { method: 'GET', url: `${metadata}/${id}` };
        throw new PermanentError('rejected', 'the platform has no audience of this id');
      },
      found: describedIn,
    },
    create: (name) => ({
      method: 'POST',
      url: metadata,
      headers: { 'content-type': AMC_MEDIA_TYPE },
      body: metadataOf(name, settings),
    }),
    created: ({ body }) => String(body.audienceId ?? ''),
  };
}

const describedIn = ({ body: { audienceId, name } }: ListAnswer): PlatformAudience =>
  platformAudience(audienceId, name ?? String(audienceId));

/** Without a time to live of its own, which leaves the longest. The same name makes the same id of ours. */
function metadataOf(
  name: string,
  { advertiser_id, connection_id, country_code: countryCode }: AmazonAmcSettings,
): JsonObject {
  if (advertiser_id === undefined && connection_id === undefined) {
    const hint = 'name the advertiser or the connection in the settings (advertiser_id or connection_id)';
    throw new PermanentError('rejected', hint);
  }
  const targetResource =
    advertiser_id === undefined ? { connectionId: connection_id } : { advertiserId: jsonInteger(advertiser_id) };
  const externalAudienceId = `ecluse-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  return { name, description: name, countryCode, targetResource, metadata: { externalAudienceId } };
}

const stateOf = ({ consent }: ListRow, { decidedPurpose }: AmazonFacts) =>
  consentState('advertising', { consent, decidedPurpose });

/** The digest is also the id under which the record can be deleted again. */
function recordOf(
  row: ListRow,
  { isRemoval, settings, facts }: { isRemoval: boolean; settings: AmazonAmcSettings; facts: AmazonFacts },
): JsonObject {
  const { country_code: countryCode, data_type } = settings;
  const state = stateOf(row, facts);
  const about = { externalUserId: row.id, countryCode, hashedPII: [{ [data_type]: row.id }] };
  if (isRemoval || state === 'denied') return { ...about, action: 'DELETE' };
  // Unknown is left unset: it is for the platform to treat, not for us to make up.
  const amzn = state === 'granted' ? { consent: { amzn: { amznAdStorage: 'GRANTED', amznUserData: 'GRANTED' } } } : {};
  return { ...about, action: 'CREATE', userConsent: { geo: { countryCode }, ...amzn } };
}

/** Additions that became removals because the person is known not to allow them. */
function deniedOf({ isRemoval, rows }: ListCall, facts: AmazonFacts): Counts {
  const denied = isRemoval ? 0 : rows.filter((row) => stateOf(row, facts) === 'denied').length;
  return denied > 0 ? { consent_denied: denied } : {};
}

/** Records are taken as a job; without one nothing was. */
function refusalOf({ status, body }: ListAnswer): DeliveryError | undefined {
  const isTaken = [body.jobRequestId, body.audienceId, body.connections].some((one) => one !== undefined);
  return status >= 200 && status < 300 && !isTaken
    ? new RetryableError('answer_invalid', 'the platform named no job')
    : undefined;
}
