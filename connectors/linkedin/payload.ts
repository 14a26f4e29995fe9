// The calls of LinkedIn's DMP segments: a batch of users, each answered with a status of its own. Pure.
import {
  type ListAnswer,
  type ListBook,
  type ListCall,
  type ListProtocol,
  objectsOf,
  platformAudience,
} from '../customer-list/list-client.ts';
import { errorForStatus, PermanentError, RetryableError } from '../kit/errors.ts';
import type { DataType, LinkedinSettings } from './settings.ts';

const ID_TYPES: Readonly<Record<DataType, string>> = {
  email: 'SHA256_EMAIL',
  'google-advertising-id': 'GOOGLE_AID',
};

export function linkedinProtocol(settings: LinkedinSettings): ListProtocol {
  const { api_url, api_version, segment_id, data_type } = settings;
  const url = `${api_url}/dmpSegments/${segment_id}`;
  const versions = { 'linkedin-version': api_version, 'x-restli-protocol-version': '2.0.0' };
  const idType = ID_TYPES[data_type];
  return {
    authorise: (token) => ({ authorization: `Bearer ${token}` }),
    change: ({ isRemoval, rows }) => ({
      method: 'POST',
      url: `${url}/users`,
      headers: { ...versions, 'x-restli-method': 'BATCH_CREATE' },
      body: {
        elements: rows.map(({ id }) => ({
          action: isRemoval ? 'REMOVE' : 'ADD',
          userIds: [{ idType, idValue: id }],
        })),
      },
    }),
    look: () => ({ method: 'GET', url, headers: versions }),
    ...(settings.account_id === undefined
      ? {}
      : { audiences: segmentBook({ apiUrl: api_url, account: settings.account_id, versions }) }),
    // A 400 is final: what an error means is said by its status alone.
    refusal: () => undefined,
    rejected: rejectedElements,
  };
}

/** The id of a new segment stands in a header alone, and the segment is there some seconds later: it is looked for by its name. */
function segmentBook(of: { apiUrl: string; account: string; versions: Readonly<Record<string, string>> }): ListBook {
  const url = `${of.apiUrl}/dmpSegments`;
  const account = `urn:li:sponsoredAccount:${of.account}`;
  return {
    list: () => ({
      method: 'GET',
      url: `${url}?${new URLSearchParams({ q: 'account', account })}`,
      headers: of.versions,
    }),
    listed: ({ body }) => objectsOf(body.elements).map(({ id, name }) => platformAudience(id, name)),
    create: (name) => ({
      method: 'POST',
      url,
      headers: of.versions,
      body: { name, account, accessPolicy: 'PRIVATE', type: 'USER', destinations: [{ destination: 'LINKEDIN' }] },
    }),
  };
}

/** One status an element, in the order they were sent. A passing one repeats the call, which changes nothing for the others. */
function rejectedElements({ body }: ListAnswer, { rows }: ListCall): Map<number, string> {
  const statuses = objectsOf(body.elements).map(({ status }) => Number(status));
  if (statuses.length !== rows.length) {
    throw new PermanentError('answer_invalid', 'the platform did not answer for each user');
  }
  const rejected = new Map<number, string>();
  for (const [place, status] of statuses.entries()) {
    if (status >= 200 && status < 300) continue;
    const error = errorForStatus(status, undefined);
    if (error instanceof RetryableError) throw error;
    rejected.set(place, `status_${Number.isInteger(status) ? status : 'unknown'}`);
  }
  return rejected;
}
