// Where webhooks go and with which keys they are signed.
import { ACTIVATION_ID_TYPES, type ActivationIdType } from '../../identifiers/identifier.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { DEFAULT_BODY_BYTES, MAX_BODY_BYTES } from './limits.ts';
import { parseSigningKey } from './signing-key.ts';

export interface WebhookSettings {
  readonly url: string;
  readonly id_type: ActivationIdType;
  readonly max_body_bytes: number;
}
export interface WebhookCredentials {
  readonly signing_key: string;
  readonly previous_signing_key?: string;
}

export const settingFields: SettingFields = {
  url: { type: 'url', title: 'Address', description: 'The https URL that takes the messages.', required: true },
  id_type: {
    type: 'choice',
    title: 'Id type',
    description: 'Which activation ids are sent.',
    choices: ACTIVATION_ID_TYPES,
    required: true,
  },
  max_body_bytes: {
    type: 'integer',
    title: 'Largest message',
    description: 'Bytes of one message; Standard Webhooks asks for less than 20 kB.',
    default: DEFAULT_BODY_BYTES,
    min: 1_000,
    max: MAX_BODY_BYTES,
  },
};

const KEY_FORM = 'whsec_ with 24 to 64 bytes, or whsk_ with an Ed25519 key, in base64';

export const credentialFields: SettingFields = {
  signing_key: {
    type: 'secret',
    title: 'Signing key',
    description: `Key of the signatures: ${KEY_FORM}.`,
    required: true,
  },
  previous_signing_key: {
    type: 'secret',
    title: 'Previous signing key',
    description: `While keys change, the old one signs too: ${KEY_FORM}.`,
  },
};

export function checkSettings(_settings: WebhookSettings, credentials: WebhookCredentials | undefined): SettingIssue[] {
  const issues: SettingIssue[] = [];
  for (const name of ['signing_key', 'previous_signing_key'] as const) {
    const key = credentials?.[name];
    if (key !== undefined && parseSigningKey(key) === undefined) {
      issues.push({ pointer: `/credentials/${name}`, message: 'is no signing key', hint: `Give ${KEY_FORM}.` });
    }
  }
  return issues;
}
