// Which server, known by which host key, and as whom.
import { type FormSettings, formFields } from '../file-drop/settings.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';

export interface SftpSettings extends FormSettings {
  readonly host: string;
  readonly port: number;
  readonly host_key: string;
  readonly folder: string;
}

export interface SftpCredentials {
  readonly username: string;
  readonly password?: string;
  readonly private_key?: string;
  readonly passphrase?: string;
}

export const settingFields: SettingFields = {
  host: {
    type: 'text',
    title: 'Server',
    description: 'Host name or address.',
    required: true,
    pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$',
  },
  port: { type: 'integer', title: 'Port', description: 'Of the SSH server.', default: 22, min: 1, max: 65_535 },
  host_key: {
    type: 'text',
    title: 'Host key',
    description:
      'SHA-256 fingerprint of the server’s key as its operator tells it, such as SHA256:… from ssh-keygen -lf. A server with another key is refused.',
    required: true,
    pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
  },
  folder: {
    type: 'text',
    title: 'Folder',
    description: 'Where the files go, from the root or from where the account arrives. It has to exist.',
    required: true,
    pattern: '^(/|\\.|/?[A-Za-z0-9_][A-Za-z0-9._ -]*(/[A-Za-z0-9_][A-Za-z0-9._ -]*){0,15})$',
    maxLength: 500,
  },
  ...formFields,
};

/** Room for a private key of RSA with 8192 bits. */
const MAX_KEY_LENGTH = 8_192;

export const credentialFields: SettingFields = {
  username: {
    type: 'secret',
    title: 'User name',
    description: 'Of an account that may write into the folder alone.',
    required: true,
  },
  password: { type: 'secret', title: 'Password', description: 'Either this or a private key.' },
  private_key: {
    type: 'secret',
    title: 'Private key',
    description: 'In the form of OpenSSH or PEM. Either this or a password.',
    pattern: '^-----BEGIN [A-Z0-9 ]+ KEY-----[\\s\\S]+-----END [A-Z0-9 ]+ KEY-----\\s*$',
    maxLength: MAX_KEY_LENGTH,
  },
  passphrase: { type: 'secret', title: 'Passphrase', description: 'Of the private key, where it has one.' },
};

export function checkSettings(_: SftpSettings, credentials: SftpCredentials | undefined): SettingIssue[] {
  if (credentials === undefined) return [];
  const ways = [credentials.password, credentials.private_key].filter((one) => one !== undefined);
  if (ways.length !== 1) {
    const hint = 'Give either a password or a private key.';
    return [{ pointer: '/credentials/password', message: 'is not the one way to sign in', hint }];
  }
  if (credentials.passphrase !== undefined && credentials.private_key === undefined) {
    const hint = 'A passphrase belongs to a private key.';
    return [{ pointer: '/credentials/passphrase', message: 'has no key to open', hint }];
  }
  return [];
}
