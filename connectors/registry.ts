// Every destination this version knows, by kind.

import { amazonAmc } from './amazon-amc/destination.ts';
import { crmFeedback } from './crm-feedback/destination.ts';
import { file } from './file/destination.ts';
import { googleAdsLegacy } from './google-ads-legacy/destination.ts';
import { googleDataManager } from './google-data-manager/destination.ts';
import { kameleoon } from './kameleoon/destination.ts';
import type { Destination } from './kit/define-destination.ts';
import { linkedin } from './linkedin/destination.ts';
import { liveramp } from './liveramp/destination.ts';
import { mapp } from './mapp/destination.ts';
import { mappEngage } from './mapp-engage/destination.ts';
import { meta } from './meta/destination.ts';
import { microsoftAds } from './microsoft-ads/destination.ts';
import { openrtb } from './openrtb/destination.ts';
import { pinterest } from './pinterest/destination.ts';
import { s3 } from './s3/destination.ts';
import { sftp } from './sftp/destination.ts';
import { snap } from './snap/destination.ts';
import { theTradeDesk } from './the-trade-desk/destination.ts';
import { theTradeDeskCrm } from './the-trade-desk-crm/destination.ts';
import { tiktok } from './tiktok/destination.ts';
import { withIdOperator } from './uid2/translated-destination.ts';
import { webhook } from './webhook/destination.ts';
import { xandr } from './xandr/destination.ts';

const DESTINATIONS: readonly Destination[] = [
  withIdOperator(xandr),
  googleDataManager,
  googleAdsLegacy,
  mapp,
  mappEngage,
  crmFeedback,
  meta,
  withIdOperator(theTradeDesk),
  theTradeDeskCrm,
  tiktok,
  snap,
  pinterest,
  kameleoon,
  linkedin,
  microsoftAds,
  amazonAmc,
  liveramp,
  openrtb,
  withIdOperator(file),
  withIdOperator(s3),
  withIdOperator(sftp),
  withIdOperator(webhook),
];

export function listDestinations(): readonly Destination[] {
  return DESTINATIONS;
}

export function findDestination(kind: string): Destination | undefined {
  return DESTINATIONS.find((destination) => destination.kind === kind);
}

export interface DescribedField {
  readonly name: string;
  readonly type: string;
  readonly title: string;
  readonly required: boolean;
  readonly description: string;
  readonly default?: unknown;
  readonly choices?: string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly max_length?: number;
}

/** A destination as the API shows it: data alone, for forms and documentation. */
export function describeDestination(destination: Destination) {
  const { kind, title, limits, removal } = destination;
  return {
    kind,
    title,
    settings: describeFields(destination.settingFields),
    credentials: describeFields(destination.credentialFields),
    accepted_id_types: [...destination.acceptedIdTypes] as string[],
    audience_setting: destination.audienceSetting ?? null,
    removal: removal.semantics,
    erasure: removal.erasure,
    consent_fields: [...destination.consentFields] as string[],
    rows_readable: !(destination.hidesRows ?? false),
    limits: {
      max_rows_per_batch: limits.maxRowsPerBatch,
      max_bytes_per_batch: limits.maxBytesPerBatch,
      min_interval_ms: limits.minIntervalMs,
    },
  };
}

function describeFields(fields: Destination['settingFields']): DescribedField[] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    type: field.type,
    title: field.title,
    required: field.required ?? false,
    description: field.description,
    ...('default' in field ? { default: field.default } : {}),
    ...('choices' in field ? { choices: [...field.choices] } : {}),
    ...('pattern' in field ? { pattern: field.pattern } : {}),
    ...('min' in field ? { min: field.min, max: field.max } : {}),
    ...('maxLength' in field ? { max_length: field.maxLength } : {}),
  }));
}
