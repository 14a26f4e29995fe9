// How a member lets us into its Google account: a service account's key, or a user's refresh token.
import { createPrivateKey } from 'node:crypto';
import { pointer, type SettingFields, type SettingIssue } from '../kit/settings.ts';

export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';

export interface GoogleCredentials {
  readonly service_account_email?: string;
  readonly service_account_private_key?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token?: string;
}

export const tokenUrlField: SettingFields[string] = {
  type: 'url',
  title: 'Token address',
  description: 'Where access tokens are made; a sandbox for trials.',
  default: GOOGLE_TOKEN_URL,
};

export const googleCredentialFields: SettingFields = {
  service_account_email: {
    type: 'text',
    title: 'Service account',
    description: 'client_email of the JSON key of a service account.',
  },
  service_account_private_key: {
    type: 'secret',
    title: 'Private key of the service account',
    description: 'private_key of the same JSON key, in PEM.',
  },
  client_id: { type: 'text', title: 'Client id', description: 'OAuth client, instead of a service account.' },
  client_secret: { type: 'secret', title: 'Client secret', description: 'Secret of the OAuth client.' },
  refresh_token: { type: 'secret', title: 'Refresh token', description: 'Of a user who may fill the audience.' },
};

const SERVICE_ACCOUNT = ['service_account_email', 'service_account_private_key'] as const;
const USER = ['client_id', 'client_secret', 'refresh_token'] as const;

/** One of the two ways, and that one complete. */
export function credentialFaults(credentials: GoogleCredentials | undefined): SettingIssue[] {
  if (credentials === undefined) return [];
  const given = (names: readonly (keyof GoogleCredentials)[]) =>
    names.filter((name) => credentials[name] !== undefined);
  const isServiceAccount = given(SERVICE_ACCOUNT).length > 0;
  if (isServiceAccount && given(USER).length > 0) {
    return [fault(given(USER)[0]!, 'stands beside a service account', 'Give a service account or a refresh token.')];
  }
  const due: readonly (keyof GoogleCredentials)[] = isServiceAccount ? SERVICE_ACCOUNT : USER;
  const missing = due.filter((name) => credentials[name] === undefined);
  if (missing.length > 0) {
    return missing.map((name) => fault(name, 'is missing', 'Give a service account or a refresh token, complete.'));
  }
  return isServiceAccount && !isRsaKey(credentials.service_account_private_key!)
    ? [fault('service_account_private_key', 'is no RSA key', 'Give private_key of the JSON key, line breaks included.')]
    : [];
}

const fault = (name: string, message: string, hint: string): SettingIssue => ({
  pointer: `/credentials${pointer(name)}`,
  message,
  hint,
});

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
