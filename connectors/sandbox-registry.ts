// The sandbox of each destination, for `ecluse sandbox <kind>`: a server on this machine that plays the platform.

import { startAmazonAmcSandbox } from './amazon-amc/sandbox.ts';
import { startCrmFeedbackSandbox } from './crm-feedback/sandbox.ts';
import { SANDBOX_CREDENTIALS as LIST_CREDENTIALS, SANDBOX_KEY } from './customer-list/sandbox-ground.ts';
import { startFileSandbox } from './file/sandbox.ts';
import { SANDBOX_CREDENTIALS } from './google/sandbox-tokens.ts';
import { SANDBOX_DEVELOPER_TOKEN, startGoogleAdsSandbox } from './google-ads-legacy/sandbox.ts';
import { startDataManagerSandbox } from './google-data-manager/sandbox.ts';
import {
  SANDBOX_SITE_CODE as KAMELEOON_SITE_CODE,
  SANDBOX_CLIENT,
  startKameleoonSandbox,
} from './kameleoon/sandbox.ts';
import { startLinkedinSandbox } from './linkedin/sandbox.ts';
import { startLiverampSandbox } from './liveramp/sandbox.ts';
import { SANDBOX_SECRET as MAPP_SECRET, SANDBOX_INTEGRATION_ID, startMappSandbox } from './mapp/sandbox.ts';
import { startMappEngageSandbox } from './mapp-engage/sandbox.ts';
import { SANDBOX_ACCESS_TOKEN, startMetaSandbox } from './meta/sandbox.ts';
import { startMicrosoftAdsSandbox } from './microsoft-ads/sandbox.ts';
import { SANDBOX_KEY as BIDDER_KEY, startOpenrtbSandbox } from './openrtb/sandbox.ts';
import { startPinterestSandbox } from './pinterest/sandbox.ts';
import { SANDBOX_BUCKET, SANDBOX_KEYS, startS3Sandbox } from './s3/sandbox.ts';
import { SANDBOX_ACCOUNT, SANDBOX_FOLDER, type SftpSandbox, startSftpSandbox } from './sftp/sandbox.ts';
import { startSnapSandbox } from './snap/sandbox.ts';
import { startTradeDeskSandbox } from './the-trade-desk/sandbox.ts';
import { SANDBOX_LOGIN } from './the-trade-desk/sandbox-tokens.ts';
import { startTradeDeskCrmSandbox } from './the-trade-desk-crm/sandbox.ts';
import { startTiktokSandbox } from './tiktok/sandbox.ts';
import { SANDBOX_API_KEY, SANDBOX_SECRET, startOperatorSandbox } from './uid2/sandbox.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox } from './webhook/sandbox.ts';
import { startXandrSandbox } from './xandr/sandbox.ts';

export interface RunningSandbox {
  readonly url: string;
  /** Settings and credentials under which a destination delivers to this sandbox, to be shown to a person. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** The export folder to deliver under, of the file sandbox alone. */
  readonly exportRoot?: string;
  /** An id that a destination under these settings takes; any text where it is absent. */
  readonly sampleId?: string;
  /** Shows as JSON what was received. */
  readonly receivedUrl: string;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** 0 or none takes any free one. */
  readonly port?: number;
  /** False for a sender whose clock does not wait: Xandr's streaming service then takes whatever comes within a second. */
  readonly isPaced?: boolean;
}

/** Of janedoe@gmail.com, the example of ads.tiktok.com. */
const SAMPLE_DIGEST = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';

/** Of user@example.com, as unifiedid.com has it. */
const SAMPLE_UID2_DIGEST = 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=';

const STARTS = {
  xandr: async (options) => {
    const sandbox = await startXandrSandbox(options);
    const settings = { api_url: sandbox.url, member_id: 456, segment_id: 10000 };
    return running(sandbox, settings, { username: 'sandbox', password: 'sandbox' });
  },
  'google-data-manager': async (options) => {
    const sandbox = await startDataManagerSandbox(options);
    const account = { account_type: 'GOOGLE_ADS', account_id: '1234567890', audience_id: '777' };
    const settings = { api_url: sandbox.url, token_url: sandbox.tokenUrl, ...account, data_type: 'user-id' };
    return running(sandbox, settings, SANDBOX_CREDENTIALS);
  },
  'google-ads-legacy': async (options) => {
    const sandbox = await startGoogleAdsSandbox(options);
    const list = { customer_id: '1234567890', user_list_id: '777', data_type: 'user-id' };
    const settings = { api_url: sandbox.url, token_url: sandbox.tokenUrl, ...list };
    return running(sandbox, settings, { ...SANDBOX_CREDENTIALS, developer_token: SANDBOX_DEVELOPER_TOKEN });
  },
  mapp: async (options) => {
    const sandbox = await startMappSandbox(options);
    const settings = { api_url: sandbox.apiUrl, integration_id: SANDBOX_INTEGRATION_ID, group: '2324333335' };
    return running(sandbox, settings, { secret: MAPP_SECRET });
  },
  meta: async (options) => {
    const sandbox = await startMetaSandbox(options);
    const settings = { api_url: sandbox.url, audience_id: '4711', data_type: 'external-id' };
    return running(sandbox, settings, { access_token: SANDBOX_ACCESS_TOKEN });
  },
  'the-trade-desk': async (options) => {
    const sandbox = await startTradeDeskSandbox(options);
    const segment = { advertiser_id: 'adv1', segment_name: 'sandbox', id_name: 'RampID' };
    return running(sandbox, { data_url: sandbox.url, auth_url: sandbox.url, ...segment }, { ...SANDBOX_LOGIN });
  },
  'the-trade-desk-crm': async (options) => {
    const sandbox = await startTradeDeskCrmSandbox(options);
    const segment = { advertiser_id: 'adv1', crm_data_id: 'crm1', region: 'EU', min_rows: 1 };
    return {
      ...running(sandbox, { api_url: sandbox.url, ...segment }, { ...SANDBOX_LOGIN }),
      sampleId: SAMPLE_UID2_DIGEST,
    };
  },
  tiktok: async (options) => {
    const sandbox = await startTiktokSandbox(options);
    const settings = { api_url: sandbox.url, advertiser_id: '7011', audience_id: '555', data_type: 'email' };
    return { ...running(sandbox, settings, { access_token: SANDBOX_KEY }), sampleId: SAMPLE_DIGEST };
  },
  snap: async (options) => {
    const sandbox = await startSnapSandbox(options);
    const settings = { ...urls(sandbox), segment_id: '5677923948298240', data_type: 'email' };
    return { ...running(sandbox, settings, LIST_CREDENTIALS), sampleId: SAMPLE_DIGEST };
  },
  pinterest: async (options) => {
    const sandbox = await startPinterestSandbox(options);
    const settings = { ...urls(sandbox), ad_account_id: '549755885175', customer_list_id: '643', data_type: 'email' };
    return { ...running(sandbox, settings, LIST_CREDENTIALS), sampleId: SAMPLE_DIGEST };
  },
  kameleoon: async (options) => {
    const sandbox = await startKameleoonSandbox(options);
    const settings = { site_code: KAMELEOON_SITE_CODE, field: 'sandbox' };
    return running(sandbox, { api_url: sandbox.url, token_url: sandbox.tokenUrl, ...settings }, { ...SANDBOX_CLIENT });
  },
  linkedin: async (options) => {
    const sandbox = await startLinkedinSandbox(options);
    const settings = { ...urls(sandbox), segment_id: '12345', data_type: 'email', api_version: '202606' };
    return { ...running(sandbox, settings, LIST_CREDENTIALS), sampleId: SAMPLE_DIGEST };
  },
  'microsoft-ads': async (options) => {
    const sandbox = await startMicrosoftAdsSandbox(options);
    const account = { customer_id: '1', customer_account_id: '2', audience_id: '802', data_type: 'customer' };
    const credentials = { ...LIST_CREDENTIALS, developer_token: SANDBOX_KEY };
    return running(sandbox, { ...urls(sandbox), ...account }, credentials);
  },
  'amazon-amc': async (options) => {
    const sandbox = await startAmazonAmcSandbox(options);
    const settings = { ...urls(sandbox), audience_id: '39', data_type: 'email', country_code: 'DE' };
    return { ...running(sandbox, settings, LIST_CREDENTIALS), sampleId: SAMPLE_DIGEST };
  },
  file: async (options) => {
    const sandbox = await startFileSandbox(options);
    return { ...running(sandbox, { folder: 'sandbox', id_type: 'customer' }, {}), exportRoot: sandbox.exportRoot };
  },
  s3: async (options) => {
    const sandbox = await startS3Sandbox(options);
    const place = { region: 'eu-west-3', bucket: SANDBOX_BUCKET, prefix: 'sandbox', addressing: 'path' };
    return running(sandbox, { endpoint_url: sandbox.url, ...place, id_type: 'customer' }, SANDBOX_KEYS);
  },
  sftp: async (options) => {
    const sandbox = await startSftpSandbox(options);
    return running(sandbox, { ...serverOf(sandbox), id_type: 'customer' }, SANDBOX_ACCOUNT);
  },
  webhook: async (options) => {
    const sandbox = await startWebhookSandbox(options);
    return running(sandbox, { url: `${sandbox.url}/hook`, id_type: 'customer' }, { signing_key: SANDBOX_SIGNING_KEY });
  },
  liveramp: async (options) => {
    const sandbox = await startLiverampSandbox(options);
    const list = { data_type: 'customer', audience_value: 'sandbox', min_rows_per_file: 1 };
    return running(sandbox, { ...serverOf(sandbox), ...list }, SANDBOX_ACCOUNT);
  },
  'mapp-engage': async (options) => {
    const sandbox = await startMappEngageSandbox(options);
    return running(sandbox, serverOf(sandbox), SANDBOX_ACCOUNT);
  },
  openrtb: async (options) => {
    const sandbox = await startOpenrtbSandbox(options);
    const { settings, exportRoot } = sandbox;
    return { ...running(sandbox, settings, { signing_key: BIDDER_KEY }), exportRoot };
  },
  'crm-feedback': async (options) => {
    const sandbox = await startCrmFeedbackSandbox(options);
    return running(sandbox, { ...serverOf(sandbox), channel: 'email', flag: 'sandbox' }, SANDBOX_ACCOUNT);
  },
  // No destination: the operator that stands in front of those that send UID2 or EUID.
  uid2: async (options) => {
    const sandbox = await startOperatorSandbox(options);
    const settings = { id_operator: 'uid2', id_operator_url: sandbox.url };
    const credentials = { id_operator_key: SANDBOX_API_KEY, id_operator_secret: SANDBOX_SECRET };
    return running(sandbox, settings, credentials);
  },
} as const satisfies Readonly<Record<string, (options: SandboxOptions) => Promise<RunningSandbox>>>;

export type SandboxKind = keyof typeof STARTS;
export const SANDBOX_KINDS = Object.keys(STARTS) as readonly SandboxKind[];

export const isSandboxKind = (kind: string): kind is SandboxKind => Object.hasOwn(STARTS, kind);

export function startSandbox(kind: SandboxKind, options: SandboxOptions = {}): Promise<RunningSandbox> {
  return STARTS[kind](options);
}

const serverOf = ({ port, hostKey }: SftpSandbox) => ({
  ...{ host: '127.0.0.1', port, host_key: hostKey },
  folder: SANDBOX_FOLDER.slice(1),
});

const urls = ({ url, tokenUrl }: { url: string; tokenUrl: string }) => ({ api_url: url, token_url: tokenUrl });

function running(
  sandbox: { url: string; close(): Promise<void> },
  settings: Record<string, string | number>,
  credentials: Record<string, string>,
): RunningSandbox {
  return {
    url: sandbox.url,
    settings,
    credentials,
    receivedUrl: `${sandbox.url}/sandbox/received`,
    close: () => sandbox.close(),
  };
}
