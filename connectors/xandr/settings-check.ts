// Faults that lie between the settings and credentials of a Xandr seat: a layout that cannot be written, a way without its keys.

import { isRsaPrivateKey } from '../kit/rs256.ts';
import { pointer, type SettingIssue } from '../kit/settings.ts';
import { avroFault } from './avro-file.ts';
import { layoutFaults } from './legacy-line.ts';
import { layoutOf } from './payload.ts';
import type { XandrCredentials, XandrSettings } from './settings.ts';

type Fault = (name: string, message: string, hint: string) => void;

export function checkSettings(settings: XandrSettings, credentials?: XandrCredentials): SettingIssue[] {
  const issues: SettingIssue[] = [];
  const at =
    (part: string): Fault =>
    (name, message, hint) => {
      issues.push({ pointer: `/${part}${pointer(name)}`, message, hint });
    };
  checkSegment(settings, at('settings'));
  if (settings.way !== 'streaming' && settings.file_form === 'legacy') checkLayout(settings, at('settings'));
  checkIds(settings, at('settings'));
  if (credentials !== undefined) checkCredentials(settings, credentials, at('credentials'));
  return issues;
}

const isLegacyFile = ({ way, file_form }: XandrSettings): boolean => way !== 'streaming' && file_form === 'legacy';

function checkSegment(settings: XandrSettings, fault: Fault): void {
  const { segment_id, segment_code, segment_fields } = settings;
  const byId = isLegacyFile(settings) ? segment_fields.includes('SEG_ID') : segment_code === undefined;
  if (byId && segment_id === undefined) {
    fault('segment_id', 'is missing', 'Name the segment to fill by its number.');
    // Without an API user nobody can choose one later.
    if (settings.way === 's3-drop') fault('way', 'tells of no segments', 'Name the segment to fill by its number.');
  }
  if (!byId && segment_code === undefined) fault('segment_code', 'is missing', 'segment_fields holds SEG_CODE.');
  if (segment_id !== undefined && segment_code !== undefined) {
    fault('segment_code', 'stands beside segment_id', 'Name the segment in one way.');
  }
}

function checkLayout(settings: XandrSettings, fault: Fault): void {
  for (const { at, message } of layoutFaults(layoutOf(settings))) {
    const name = at === 0 ? 'segment_fields' : `separator_${at}`;
    fault(name, message, 'Take the layout that the platform configured for your member.');
  }
  if (layoutOf(settings).separators.some((one) => settings.segment_code?.includes(one))) {
    fault('segment_code', 'holds a separator', 'Choose a code without the separators of the layout.');
  }
  if (settings.removal === 'expiration' && !settings.segment_fields.includes('EXPIRATION')) {
    fault('removal', 'needs the field EXPIRATION', 'Add EXPIRATION to segment_fields or remove by separator_4.');
  }
}

/** Domains that the streaming service knows. */
const STREAMING_DOMAINS: ReadonlySet<unknown> = new Set(['idfa', 'sha1udid', 'md5udid', 'openudid', 'aaid']);

function checkIds(settings: XandrSettings, fault: Fault): void {
  const { id_type, device_domain, eid_source, way, file_form } = settings;
  const isAvro = way !== 'streaming' && file_form === 'avro';
  if (id_type === 'mobile-advertising-id' && device_domain === undefined) {
    fault('device_domain', 'is missing', 'Say what the mobile advertising ids are, such as idfa or aaid.');
  }
  if (way === 'streaming' && device_domain !== undefined && !STREAMING_DOMAINS.has(device_domain)) {
    fault(
      'device_domain',
      'is none that the streaming service takes',
      `It takes ${[...STREAMING_DOMAINS].join(', ')}.`,
    );
  }
  if ((id_type === 'ppid' || id_type === 'uid2') && !isAvro) {
    fault('id_type', 'goes into Avro files alone', 'Choose file_form avro, with way batch or s3-drop.');
  }
  if (id_type === 'uid2' && eid_source === undefined) {
    fault('eid_source', 'is missing', 'UID2 is sent as an extended id of the source uidapi.com.');
  }
  if (eid_source !== undefined && id_type !== 'ppid' && id_type !== 'uid2') {
    fault('eid_source', 'does not go with the id type', 'Extended ids are of id type ppid or uid2.');
  }
  if (way === 's3-drop' && settings.drop_region === undefined) {
    fault('drop_region', 'is missing', 'Say where the platform keeps the bucket of your member.');
  }
  if (settings.avro_schema !== undefined && !isAvro) {
    fault('avro_schema', 'has no use', 'Choose file_form avro.');
  } else if (isAvro && avroFault(settings) !== undefined) {
    fault('avro_schema', 'is no Avro schema that holds such users', 'Give the schema as the platform registered it.');
  }
}

function checkCredentials(settings: XandrSettings, credentials: XandrCredentials, fault: Fault): void {
  const { username, password, private_key, key_name, access_key_id, secret_access_key } = credentials;
  if (settings.way === 's3-drop') {
    if (access_key_id === undefined)
      fault('access_key_id', 'is missing', 'The bucket is reached with a key of its own.');
    if (secret_access_key === undefined) fault('secret_access_key', 'is missing', 'It belongs to the access key id.');
    return;
  }
  if (username === undefined) fault('username', 'is missing', 'Give the API user of the seat.');
  if ((password === undefined) === (private_key === undefined)) {
    fault('password', 'is not the one way to sign in', 'Give either a password or a private key.');
  }
  if ((private_key === undefined) !== (key_name === undefined)) {
    fault('key_name', 'does not go with the private key', 'Give both or neither.');
  }
  if (private_key !== undefined && !isRsaPrivateKey(private_key)) {
    fault('private_key', 'is no private RSA key', 'Give it in PEM, without a passphrase.');
  }
}
