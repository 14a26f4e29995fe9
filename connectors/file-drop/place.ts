// For platforms that take files in more places than one: an SFTP server, a bucket or a folder, chosen by a setting.

import { openExportFolder } from '../file/export-folder.ts';
import { settingFields as folderFields } from '../file/settings.ts';
import type { ClientContext } from '../kit/define-destination.ts';
import type { SettingField, SettingFields, SettingIssue } from '../kit/settings.ts';
import { BucketFolder } from '../s3/bucket-folder.ts';
import * as bucket from '../s3/settings.ts';
import { openServerFolder } from '../sftp/server-folder.ts';
import * as server from '../sftp/settings.ts';
import type { DropFolder } from './drop-folder.ts';

export type Place = 'sftp' | 's3' | 'folder';

export interface PlaceSettings {
  readonly place: Place;
  readonly folder: string;
  readonly host?: string;
  readonly region?: string;
}
export type PlaceCredentials = Partial<server.SftpCredentials & bucket.S3Credentials>;

const SERVER_NAMES = ['host', 'port', 'host_key'] as const;
const BUCKET_NAMES = ['endpoint_url', 'region', 'bucket', 'addressing', 'encryption', 'kms_key_id'] as const;

/** What each place needs; everything else has a default or may be left out. */
const NEEDED: Readonly<
  Record<Place, { readonly settings: readonly string[]; readonly credentials: readonly string[] }>
> = {
  sftp: { settings: ['host', 'host_key'], credentials: ['username'] },
  s3: { settings: ['region', 'bucket'], credentials: ['access_key_id', 'secret_access_key'] },
  folder: { settings: [], credentials: [] },
};

export function placeFields(
  places: readonly [Place, ...Place[]],
  defaults: { readonly host?: string } = {},
): SettingFields {
  const has = (place: Place): boolean => places.includes(place);
  const named = (fields: SettingFields, names: readonly string[]): SettingFields =>
    Object.fromEntries(names.map((name) => [name, { ...fields[name]!, required: false } as SettingField]));
  const host = { ...server.settingFields.host!, required: false, ...(defaults.host ? { default: defaults.host } : {}) };
  return {
    place: {
      type: 'choice',
      title: 'Place',
      description: 'Where the files are put.',
      choices: places,
      default: places[0],
    },
    folder: {
      ...folderFields.folder!,
      description: 'Folder on the server or below the export folder, or prefix in the bucket.',
    },
    ...(has('sftp') ? { ...named(server.settingFields, SERVER_NAMES), host: host as SettingField } : {}),
    ...(has('s3') ? named(bucket.settingFields, BUCKET_NAMES) : {}),
  };
}

export function placeCredentialFields(places: readonly Place[]): SettingFields {
  const all = {
    ...(places.includes('sftp') ? server.credentialFields : {}),
    ...(places.includes('s3') ? bucket.credentialFields : {}),
  };
  return Object.fromEntries(Object.entries(all).map(([name, field]) => [name, { ...field, required: false }]));
}

export function placeFaults(settings: PlaceSettings, credentials: PlaceCredentials | undefined): SettingIssue[] {
  const needed = NEEDED[settings.place];
  const missing = (part: string, names: readonly string[], given: object): SettingIssue[] =>
    names
      .filter((name) => (given as Record<string, unknown>)[name] === undefined)
      .map((name) => ({
        pointer: `/${part}/${name}`,
        message: 'is missing',
        hint: `Place ${settings.place} needs it.`,
      }));
  const issues = [
    ...missing('settings', needed.settings, settings),
    ...(credentials === undefined ? [] : missing('credentials', needed.credentials, credentials)),
  ];
  if (issues.length > 0) return issues;
  if (settings.place === 'sftp') return server.checkSettings(serverOf(settings), credentials && signIn(credentials));
  return settings.place === 's3' ? bucket.checkSettings(bucketOf(settings)) : [];
}

export function placeHosts(settings: PlaceSettings): string[] {
  if (settings.place === 'folder') return [];
  return [settings.place === 'sftp' ? serverOf(settings).host : bucket.hostOf(bucketOf(settings))];
}

export async function openPlace(of: {
  settings: PlaceSettings;
  credentials: PlaceCredentials;
  context: ClientContext;
}): Promise<DropFolder> {
  const { settings, credentials, context } = of;
  if (settings.place === 'folder') return openExportFolder(context.exportRoot, settings.folder);
  if (settings.place === 'sftp') {
    return openServerFolder({ settings: serverOf(settings), credentials: signIn(credentials), context });
  }
  const keys = credentials as bucket.S3Credentials;
  return new BucketFolder({ settings: bucketOf(settings), credentials: keys, context });
}

const serverOf = (settings: PlaceSettings): server.SftpSettings => settings as unknown as server.SftpSettings;
const bucketOf = (settings: PlaceSettings): bucket.S3Settings =>
  ({ ...settings, prefix: settings.folder }) as unknown as bucket.S3Settings;
const signIn = (credentials: PlaceCredentials): server.SftpCredentials => credentials as server.SftpCredentials;
