// Puts an operator of UID2 or EUID in front of a destination that takes such ids: datasets then hold sealed digests alone, and
// the ids are asked for as they are delivered, so that none is older than the person's last word.
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';
import type { ClientContext, Destination, IdTranslator } from '../kit/define-destination.ts';
import { RowError } from '../kit/errors.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { type DigestKind, IdOperator } from './operator.ts';
import { NOT_MAPPED, OPTED_OUT, translateChanges } from './translation.ts';

interface TranslationSettings {
  readonly id_operator: 'none' | 'uid2' | 'euid';
  readonly id_operator_url?: string;
  readonly id_operator_digest: DigestKind;
}
interface TranslationCredentials {
  readonly id_operator_key?: string;
  readonly id_operator_secret?: string;
}

/** The public operators. EUID's own pages were not read: its address is the user's to check. */
const OPERATORS = { uid2: 'https://prod.uidapi.com', euid: 'https://prod.euid.eu' } as const;

const settingFields: SettingFields = {
  id_operator: {
    type: 'choice',
    title: 'Id operator',
    description: 'Asks an operator of UID2 or EUID for the ids, from sealed digests of the profile uid2.',
    choices: ['none', 'uid2', 'euid'],
    default: 'none',
  },
  id_operator_url: { type: 'url', title: 'Address of the operator', description: 'Instead of the public one.' },
  id_operator_digest: {
    type: 'choice',
    title: 'Digest to translate',
    description: 'Which digest of a person the operator is asked about.',
    choices: ['email', 'phone'],
    default: 'email',
  },
};

const credentialFields: SettingFields = {
  id_operator_key: { type: 'secret', title: 'Key of the operator', description: 'API key with the role of a mapper.' },
  id_operator_secret: {
    type: 'secret',
    title: 'Secret of the operator',
    description: 'Client secret of the API key: 32 bytes in base64.',
    pattern: '^[A-Za-z0-9+/]{43}=$',
  },
};

/** For destinations that accept `uid2`. Without an operator the destination is as it was. */
export function withIdOperator<S, C>(destination: Destination<S, C>): Destination<S, C> {
  const isOn = (settings: S): boolean => translationOf(settings).id_operator !== 'none';
  const { acceptsProfile } = destination;
  return Object.freeze({
    ...destination,
    settingFields: { ...destination.settingFields, ...settingFields },
    credentialFields: { ...destination.credentialFields, ...credentialFields },
    acceptedIdTypes: [...new Set([...destination.acceptedIdTypes, 'platform-digest' as const])],
    checkSettings: (settings: S, credentials: C | undefined) => [
      ...destination.checkSettings(settings, credentials),
      ...(isOn(settings) ? translationFaults(destination.idTypes(settings), credentials) : []),
    ],
    idTypes: (settings: S) => (isOn(settings) ? (['platform-digest'] as const) : destination.idTypes(settings)),
    acceptsProfile: (settings: S, profile: string) =>
      isOn(settings) ? isDigestFor(settings, profile) : (acceptsProfile?.call(destination, settings, profile) ?? true),
    hosts: (settings: S) => [
      ...destination.hosts(settings),
      ...(isOn(settings) ? [new URL(urlOf(settings)).hostname] : []),
    ],
    batchRules: (settings: S) => {
      const rules = destination.batchRules(settings);
      if (!isOn(settings)) return rules;
      return { ...rules, checkRow: (id: string) => untranslatedFault(id) ?? rules.checkRow(id) };
    },
    translator: ({ settings, credentials, context }) =>
      isOn(settings) ? translatorOf({ settings, credentials, context }) : undefined,
  } satisfies Destination<S, C>);
}

const translationOf = (settings: unknown): TranslationSettings => settings as TranslationSettings;

function urlOf(settings: unknown): string {
  const { id_operator, id_operator_url } = translationOf(settings);
  return id_operator_url ?? OPERATORS[id_operator === 'euid' ? 'euid' : 'uid2'];
}

function translatorOf(of: { settings: unknown; credentials: unknown; context: ClientContext }): IdTranslator {
  const { id_operator_key: apiKey = '', id_operator_secret: clientSecret = '' } =
    of.credentials as TranslationCredentials;
  const operator = new IdOperator({ url: urlOf(of.settings), apiKey, clientSecret }, of.context);
  const kind = translationOf(of.settings).id_operator_digest;
  let dueAtMs: number | undefined;
  const isRemap = of.context.delivery.isRemap ?? false;
  const due = (atMs: number): void => {
    dueAtMs = Math.min(dueAtMs ?? atMs, atMs);
  };
  return {
    translate: (changes) => translateChanges(changes, { operator, kind, isRemap, due }),
    dueAtMs: () => dueAtMs,
    test: () => operator.test(),
  };
}

function isDigestFor(settings: unknown, profile: string): boolean {
  const found = findPlatformProfile(profile);
  return found?.name.startsWith('uid2@') === true && found.kind === translationOf(settings).id_operator_digest;
}

function untranslatedFault(id: string): RowError | undefined {
  if (id === OPTED_OUT) return new RowError('opted_out');
  return id === NOT_MAPPED ? new RowError('identifier_invalid') : undefined;
}

function translationFaults(sent: readonly string[], credentials: unknown): SettingIssue[] {
  const issues: SettingIssue[] = [];
  if (!sent.includes('uid2')) {
    const hint = 'Choose the settings under which this destination sends UID2 or EUID.';
    issues.push({ pointer: '/settings/id_operator', message: 'gives ids that are not sent', hint });
  }
  const given = (credentials ?? {}) as TranslationCredentials;
  for (const name of ['id_operator_key', 'id_operator_secret'] as const) {
    if (credentials === undefined || given[name] !== undefined) continue;
    issues.push({ pointer: `/credentials/${name}`, message: 'is missing', hint: 'The operator gives key and secret.' });
  }
  return issues;
}
