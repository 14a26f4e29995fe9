// Xandr (AppNexus) Batch Segment Service, for Monetize and Curate seats, declared as data.
import { defineDestination } from '../kit/define-destination.ts';
import { hostOf } from '../s3/settings.ts';
import { XandrClient } from './client.ts';
import { dropPlace, XandrDropClient } from './drop-client.ts';
import {
  DROP_POLL_MS,
  FIRST_POLL_MS,
  MAX_FILE_BYTES,
  MAX_JOB_MS,
  MAX_ROWS_PER_FILE,
  MIN_UPLOAD_INTERVAL_MS,
  STREAMING_INTERVAL_MS,
} from './limits.ts';
import { batchRules } from './payload.ts';
import { credentialFields, ID_TYPES, settingFields, type XandrCredentials, type XandrSettings } from './settings.ts';
import { checkSettings } from './settings-check.ts';
import { XandrStreamingClient } from './streaming-client.ts';

/** The API and, for the upload addresses that it hands out, the data hosts below the platform's own names. */
const PLATFORM_HOSTS = ['api.appnexus.com', 'api.adnxs.com', '*.appnexus.com', '*.adnxs.com', '*.adnxs.net'];

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

export const xandr = defineDestination<XandrSettings, XandrCredentials>({
  kind: 'xandr',
  title: 'Xandr (AppNexus) BSS',
  description: 'Fills a segment of a Monetize or Curate seat through the Batch Segment Service.',
  authentication: 'token',
  settingFields,
  credentialFields,
  audienceSetting: 'segment_id',
  audienceAlias: 'segment_code',
  hidesRows: true,
  acceptedIdTypes: ID_TYPES,
  accountSettings: ['api_url', 'member_id'],
  limits: {
    maxRowsPerBatch: MAX_ROWS_PER_FILE,
    maxBytesPerBatch: MAX_FILE_BYTES,
    minIntervalMs: MIN_UPLOAD_INTERVAL_MS,
    pollIntervalMs: FIRST_POLL_MS,
    maxPollMs: MAX_JOB_MS,
  },
  removal: {
    supported: true,
    semantics:
      'A removed id is uploaded with an expiration of -1, or after separator 4, and leaves the segment when the job completes.',
    erasure: 'The platform has no call that erases a person: the membership ends, and the report says removed_only.',
  },
  iabVendorId: 32,
  consentFields: [],
  checkSettings,
  idTypes: (settings) => [settings.id_type],
  hosts: hostsOf,
  batchRules,
  paceOf: ({ way }) => {
    if (way === 'streaming') return { minIntervalMs: STREAMING_INTERVAL_MS };
    return way === 's3-drop' ? { minIntervalMs: 0, pollIntervalMs: DROP_POLL_MS } : {};
  },
  client: (options) => {
    if (options.settings.way === 'streaming') return new XandrStreamingClient(options);
    return options.settings.way === 's3-drop' ? new XandrDropClient(options) : new XandrClient(options);
  },
});

function hostsOf(settings: XandrSettings): string[] {
  if (settings.way === 's3-drop') return [hostOf(dropPlace(settings))];
  const own = [settings.api_url, ...(settings.way === 'streaming' ? [settings.streaming_url] : [])];
  return [...own.flatMap((url) => apiHosts(new URL(url).hostname)), ...PLATFORM_HOSTS];
}

/** A sandbox on this machine may name itself in another way in its upload addresses. */
function apiHosts(hostname: string): readonly string[] {
  return LOOPBACK_HOSTS.includes(hostname) ? LOOPBACK_HOSTS : [hostname];
}
