// One column of a dataset schema: its role and what goes with the role. Unknown properties are errors.
import { ACTIVATION_ID_TYPES, type ActivationIdType, IDENTIFIER_TYPES, type IdentifierType } from './identifier.ts';
import { MAX_CATEGORIES, MAX_CATEGORY_CHARACTERS } from './limits.ts';
import { isPlatformProfile, PLATFORM_PROFILE_NAMES } from './platform-profile.ts';
import { POSTAL_PARTS } from './postal-address.ts';
import { type IssueList, pointer } from './schema-error.ts';

export const ATTRIBUTE_KINDS = ['boolean', 'category', 'number', 'date'] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

/** Words of the vocabulary, or strings of a consent platform. */
export const CONSENT_KINDS = ['purposes', 'tcf', 'gpp', 'us-privacy'] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

export type ColumnSchema =
  | { role: 'record-id' }
  | { role: 'identifier'; type: IdentifierType; part?: string }
  | { role: 'activation-id'; type: ActivationIdType; profile?: string }
  | { role: 'attribute'; kind: AttributeKind; taxonomy?: string; categories?: readonly string[] }
  | { role: 'consent'; kind: ConsentKind; destinations?: readonly string[] }
  | { role: 'event-time' };

const PROPERTIES: Readonly<Record<ColumnSchema['role'], readonly string[]>> = {
  'record-id': [],
  identifier: ['type', 'part'],
  'activation-id': ['type', 'profile'],
  attribute: ['kind', 'taxonomy', 'categories'],
  consent: ['kind', 'destinations'],
  'event-time': [],
};
const ROLES = Object.keys(PROPERTIES) as ColumnSchema['role'][];
const TAXONOMY = /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*){0,9}$/;
const PART = /^[a-z0-9][a-z0-9-]{0,39}$/;
const DESTINATION_KIND = /^[a-z][a-z0-9-]{0,39}$/;

type Fields = Record<string, unknown>;

/** The column, or undefined after its issues were added. */
export function parseColumn(input: unknown, at: string, issues: IssueList): ColumnSchema | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    issues.add(at, 'a column is a JSON object', 'such as { "role": "identifier", "type": "email" }');
    return undefined;
  }
  const fields = input as Fields;
  const role = oneOf(fields, 'role', ROLES, at, issues);
  if (role === undefined) return undefined;
  for (const key of Object.keys(fields)) {
    if (key !== 'role' && !PROPERTIES[role].includes(key)) {
      const allowed = ['role', ...PROPERTIES[role]].join(', ');
      issues.add(`${at}${pointer(key)}`, 'unknown property', `a column of role ${role} has ${allowed}`);
    }
  }
  if (role === 'identifier') return identifierColumn(fields, at, issues);
  if (role === 'activation-id') return activationColumn(fields, at, issues);
  if (role === 'attribute') return attributeColumn(fields, at, issues);
  if (role === 'consent') return consentColumn(fields, at, issues);
  return { role };
}

function identifierColumn(fields: Fields, at: string, issues: IssueList): ColumnSchema | undefined {
  const type = oneOf(fields, 'type', IDENTIFIER_TYPES, at, issues);
  if (type === undefined) return undefined;
  const part = fields.part;
  if (type === 'postal-address') {
    if (!(POSTAL_PARTS as readonly unknown[]).includes(part)) {
      issues.add(
        `${at}/part`,
        part === undefined ? 'part is missing' : 'unknown part',
        `one of ${POSTAL_PARTS.join(', ')}`,
      );
      return undefined;
    }
  } else if (part !== undefined && (type !== 'customer' || typeof part !== 'string' || !PART.test(part))) {
    const hint =
      type === 'customer' ? 'lower-case letters, digits and "-", at most 40' : `${type} stands in one column`;
    issues.add(`${at}/part`, 'the part is not valid', hint);
    return undefined;
  }
  return part === undefined ? { role: 'identifier', type } : { role: 'identifier', type, part: part as string };
}

function activationColumn(fields: Fields, at: string, issues: IssueList): ColumnSchema | undefined {
  const type = oneOf(fields, 'type', ACTIVATION_ID_TYPES, at, issues);
  if (type === undefined) return undefined;
  const profile = fields.profile;
  if (type === 'platform-digest') {
    if (typeof profile === 'string' && isPlatformProfile(profile)) return { role: 'activation-id', type, profile };
    const message = profile === undefined ? 'profile is missing' : 'unknown profile';
    issues.add(
      `${at}/profile`,
      message,
      `one of ${PLATFORM_PROFILE_NAMES.join(', ')}, followed by /email, /phone or a part such as /given-name`,
    );
    return undefined;
  }
  if (profile !== undefined) issues.add(`${at}/profile`, 'only a platform-digest has a profile', 'leave it out');
  return { role: 'activation-id', type };
}

function attributeColumn(fields: Fields, at: string, issues: IssueList): ColumnSchema | undefined {
  const kind = oneOf(fields, 'kind', ATTRIBUTE_KINDS, at, issues);
  const taxonomy = fields.taxonomy;
  if (taxonomy !== undefined && (typeof taxonomy !== 'string' || taxonomy.length > 200 || !TAXONOMY.test(taxonomy))) {
    issues.add(`${at}/taxonomy`, 'the taxonomy is not valid', 'a path such as purchase/raincoat/last, in lower case');
  }
  const categories = fields.categories;
  if (categories !== undefined) {
    if (kind !== 'category') issues.add(`${at}/categories`, 'only a category has categories', 'leave them out');
    checkCategories(categories, `${at}/categories`, issues);
  }
  if (kind === undefined) return undefined;
  return {
    role: 'attribute',
    kind,
    ...(typeof taxonomy === 'string' ? { taxonomy } : {}),
    ...(Array.isArray(categories) ? { categories: categories as string[] } : {}),
  };
}

function checkCategories(value: unknown, at: string, issues: IssueList): void {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CATEGORIES) {
    issues.add(at, 'categories is not a list of labels', `1 to ${MAX_CATEGORIES} strings`);
    return;
  }
  value.forEach((category: unknown, index) => {
    if (typeof category !== 'string' || category === '' || category.length > MAX_CATEGORY_CHARACTERS) {
      issues.add(`${at}/${index}`, 'not a category', `a string of 1 to ${MAX_CATEGORY_CHARACTERS} characters`);
    } else if (value.indexOf(category) !== index) issues.add(`${at}/${index}`, 'doubled category', 'leave it out');
  });
}

function consentColumn(fields: Fields, at: string, issues: IssueList): ColumnSchema | undefined {
  const kind = oneOf(fields, 'kind', CONSENT_KINDS, at, issues);
  const destinations = fields.destinations;
  if (kind === 'tcf' && destinations !== undefined) {
    issues.add(`${at}/destinations`, 'a TC string names its vendors itself', 'leave it out');
  } else if (destinations !== undefined) {
    const kinds: unknown[] = Array.isArray(destinations) ? destinations : [];
    if (kinds.length === 0) {
      issues.add(`${at}/destinations`, 'destinations is not a list', 'kinds of destination, such as ["xandr"]');
    }
    kinds.forEach((name, index) => {
      if (typeof name === 'string' && DESTINATION_KIND.test(name) && kinds.indexOf(name) === index) return;
      issues.add(`${at}/destinations/${index}`, 'not a kind of destination, or doubled', 'xandr, file or webhook');
    });
  }
  if (kind === undefined) return undefined;
  return Array.isArray(destinations)
    ? { role: 'consent', kind, destinations: destinations as string[] }
    : { role: 'consent', kind };
}

function oneOf<T extends string>(
  fields: Fields,
  key: string,
  allowed: readonly T[],
  at: string,
  issues: IssueList,
): T | undefined {
  const value = fields[key];
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  issues.add(
    `${at}/${key}`,
    value === undefined ? `${key} is missing` : `unknown ${key}`,
    `one of ${allowed.join(', ')}`,
  );
  return undefined;
}
