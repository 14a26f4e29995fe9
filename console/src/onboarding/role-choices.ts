// The roles that a column can be given on the page, each as one word, and back from the word to the role of the schema.
import { ATTRIBUTE_KINDS, CONSENT_KINDS } from '../../../identifiers/column-schema.ts';
import type { ColumnSchema } from '../../../identifiers/dataset-schema.ts';

/** Sealed platform digests are made by the command line alone: sealing needs WebAssembly, which the page's policy forbids. */
const ROLES: Readonly<Record<string, ColumnSchema>> = {
  'identifier-email': { role: 'identifier', type: 'email' },
  'identifier-phone': { role: 'identifier', type: 'phone' },
  'identifier-surname': { role: 'identifier', type: 'postal-address', part: 'surname' },
  'identifier-postcode': { role: 'identifier', type: 'postal-address', part: 'postcode' },
  'identifier-house-number': { role: 'identifier', type: 'postal-address', part: 'house-number' },
  'identifier-mobile-advertising-id': { role: 'identifier', type: 'mobile-advertising-id' },
  'identifier-cookie-id': { role: 'identifier', type: 'cookie-id' },
  'identifier-customer': { role: 'identifier', type: 'customer' },
  'record-id': { role: 'record-id' },
  ...Object.fromEntries(ATTRIBUTE_KINDS.map((kind) => [`attribute-${kind}`, { role: 'attribute', kind }])),
  ...Object.fromEntries(CONSENT_KINDS.map((kind) => [`consent-${kind}`, { role: 'consent', kind }])),
  'event-time': { role: 'event-time' },
  'activation-xandr-user-id': { role: 'activation-id', type: 'xandr-user-id' },
  'activation-mobile-advertising-id': { role: 'activation-id', type: 'mobile-advertising-id' },
  'activation-uid2': { role: 'activation-id', type: 'uid2' },
  'activation-ppid': { role: 'activation-id', type: 'ppid' },
  'activation-customer': { role: 'activation-id', type: 'customer' },
};

export const LEAVE_OUT = 'leave-out';
export const ROLE_WORDS: readonly string[] = [LEAVE_OUT, ...Object.keys(ROLES)];

/** Undefined for a column that is left out. */
export function roleOfWord(word: string): ColumnSchema | undefined {
  return ROLES[word];
}

export function wordOfRole(role: ColumnSchema | undefined): string {
  if (role === undefined) return LEAVE_OUT;
  const found = Object.entries(ROLES).find(([, one]) => JSON.stringify(one) === JSON.stringify(role));
  return found?.[0] ?? LEAVE_OUT;
}
