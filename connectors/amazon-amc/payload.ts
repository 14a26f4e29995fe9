// The calls of Amazon Marketing Cloud's audience records: each says whom, what to do, and what the person agreed to. Pure.
import type { JsonObject, ListAnswer, ListCall, ListProtocol, ListRow } from '../customer-list/list-client.ts';
import { consentState } from '../kit/consent.ts';
import { type DeliveryError, RetryableError } from '../kit/errors.ts';
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
        audienceId: Number(audience_id),
        records: rows.map((row) => recordOf(row, { isRemoval, settings, facts })),
      },
    }),
    look: () => ({ method: 'GET', url: `${api_url}/amc/audiences/metadata/${audience_id}` }),
    refusal: refusalOf,
    rejected: (_answer, call) => deniedOf(call, facts),
  };
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
  const isTaken = body.jobRequestId !== undefined || body.audienceId !== undefined;
  return status >= 200 && status < 300 && !isTaken
    ? new RetryableError('answer_invalid', 'the platform named no job')
    : undefined;
}
