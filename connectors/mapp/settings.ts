// Which integration takes the events, which group or attribute holds the audience, and by which field a contact is known.
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { MAX_EVENTS_PER_REQUEST, MAX_FIELD_LENGTH } from './limits.ts';

export const REMOVALS = ['delete', 'unsubscribe', 'attribute'] as const;
export const ERASURES = ['contact', 'removal'] as const;
export const BODY_FORMS = ['array', 'single'] as const;

export interface MappSettings {
  readonly api_url: string;
  readonly integration_id: string;
  readonly id_field: string;
  readonly group?: string;
  readonly attribute?: string;
  readonly removal: (typeof REMOVALS)[number];
  readonly erasure: (typeof ERASURES)[number];
  readonly body_form: (typeof BODY_FORMS)[number];
  readonly auth_header: string;
  readonly max_events_per_request: number;
}
export interface MappCredentials {
  readonly secret: string;
}

const fieldName = { maxLength: MAX_FIELD_LENGTH, pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$' } as const;

const audienceFields: SettingFields = {
  id_field: {
    type: 'text',
    title: 'Id field',
    description: 'The name in your mapping of the field by which Engage knows the contact.',
    default: 'identifier',
    ...fieldName,
  },
  group: {
    type: 'text',
    title: 'Group id',
    description: 'The group that contacts of the audience are subscribed to.',
    pattern: '^[0-9]{1,20}$',
  },
  attribute: {
    type: 'text',
    title: 'Attribute',
    description: 'The name in your mapping of an attribute that is true for whoever is in the audience.',
    ...fieldName,
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description: 'Delete the contact of the group, unsubscribe it, or set the attribute to false.',
    choices: REMOVALS,
    default: 'delete',
  },
  erasure: {
    type: 'choice',
    title: 'Erasure',
    description: 'Of somebody who asked to be forgotten, delete the contact itself, or do what a removal does.',
    choices: ERASURES,
    default: 'contact',
  },
};

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Of your cluster, with its version, such as https://jamie.g.shortest-route.com/charon/api/v1.',
    required: true,
  },
  integration_id: {
    type: 'text',
    title: 'Integration id',
    description: 'Of the integration in Mapp Connect.',
    pattern: '^[A-Za-z0-9-]{1,64}$',
    required: true,
  },
  ...audienceFields,
  body_form: {
    type: 'choice',
    title: 'Form of requests',
    description: 'A list of events, or one event a request where the integration takes no lists.',
    choices: BODY_FORMS,
    default: 'array',
  },
  auth_header: {
    type: 'text',
    title: 'Header of the token',
    description: 'The header that carries the signed token.',
    default: 'auth-token',
    pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$',
  },
  max_events_per_request: {
    type: 'integer',
    title: 'Events a request',
    description: 'Contacts in one request.',
    default: MAX_EVENTS_PER_REQUEST,
    min: 1,
    max: MAX_EVENTS_PER_REQUEST,
  },
};

export const credentialFields: SettingFields = {
  secret: {
    type: 'secret',
    title: 'Integration secret',
    description: 'The secret key of the integration, which signs every request.',
    required: true,
  },
};

const RESERVED: readonly string[] = ['group', 'delete', 'unsubscribe'];

export function checkSettings(settings: MappSettings): SettingIssue[] {
  const { api_url, group, attribute, removal, id_field } = settings;
  const issues: SettingIssue[] = [];
  if (!/\/api\/v\d+\/?$/.test(new URL(api_url).pathname) || new URL(api_url).search !== '') {
    issues.push({
      pointer: '/settings/api_url',
      message: 'does not end in /api/v1',
      hint: 'What is signed begins there.',
    });
  }
  if (removal !== 'attribute' && group === undefined) {
    issues.push({ pointer: '/settings/group', message: 'is missing', hint: 'Name the group that contacts leave.' });
  }
  if (removal === 'attribute' && attribute === undefined) {
    issues.push({
      pointer: '/settings/attribute',
      message: 'is missing',
      hint: 'Name the attribute that becomes false.',
    });
  }
  if (RESERVED.includes(id_field)) {
    issues.push({ pointer: '/settings/id_field', message: 'has a meaning of its own', hint: 'Take another name.' });
  }
  if (attribute !== undefined && (attribute === id_field || RESERVED.includes(attribute))) {
    issues.push({ pointer: '/settings/attribute', message: 'has a meaning of its own', hint: 'Take another name.' });
  }
  return issues;
}
