// Settings and credentials as data: declared fields with types, checked all at once, anything unknown refused with its pointer.
import { MAX_SETTING_LENGTH } from './limits.ts';

interface FieldBase {
  readonly title: string;
  readonly description: string;
  readonly required?: boolean;
}
export type SettingField = FieldBase &
  (
    | { readonly type: 'text'; readonly default?: string; readonly pattern?: string; readonly maxLength?: number }
    | { readonly type: 'secret'; readonly pattern?: string; readonly maxLength?: number }
    | { readonly type: 'url'; readonly default?: string }
    | { readonly type: 'integer'; readonly default?: number; readonly min: number; readonly max: number }
    | { readonly type: 'boolean'; readonly default?: boolean }
    | { readonly type: 'choice'; readonly choices: readonly string[]; readonly default?: string }
    | { readonly type: 'choices'; readonly choices: readonly string[]; readonly default?: readonly string[] }
  );
export type SettingFields = Readonly<Record<string, SettingField>>;
export type SettingValue = string | number | boolean | readonly string[];

export interface SettingIssue {
  /** RFC 6901 JSON pointer into the settings or credentials. */
  readonly pointer: string;
  readonly message: string;
  readonly hint: string;
}

export class SettingsError extends Error {
  readonly code = 'settings_invalid';
  readonly issues: readonly SettingIssue[];
  constructor(issues: readonly SettingIssue[]) {
    super(`settings are not valid: ${issues.map((issue) => `${issue.pointer} ${issue.message}`).join('; ')}`);
    this.name = 'SettingsError';
    this.issues = issues;
  }
}

/** Defaults filled in. Issues never repeat a value: it may be a credential. */
export function checkFields(
  fields: SettingFields,
  input: unknown,
): { values: Record<string, SettingValue>; issues: SettingIssue[] } {
  const values: Record<string, SettingValue> = {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      values,
      issues: [{ pointer: '', message: 'is not an object', hint: 'Give a JSON object of named settings.' }],
    };
  }
  const issues: SettingIssue[] = [];
  for (const name of Object.keys(input)) {
    if (Object.hasOwn(fields, name)) continue;
    issues.push({
      pointer: pointer(name),
      message: 'is unknown',
      hint: `Known here: ${Object.keys(fields).join(', ') || 'none'}.`,
    });
  }
  for (const [name, field] of Object.entries(fields)) {
    const given: unknown = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined;
    const value = given ?? ('default' in field ? field.default : undefined);
    if (value === undefined) {
      if (field.required) issues.push({ pointer: pointer(name), message: 'is missing', hint: field.description });
      continue;
    }
    const fault = faultOf(field, value);
    if (fault !== undefined) issues.push({ pointer: pointer(name), message: fault, hint: field.description });
    else values[name] = value as SettingValue;
  }
  return { values, issues };
}

/** What is wrong with a value, or undefined. */
function faultOf(field: SettingField, value: unknown): string | undefined {
  switch (field.type) {
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return 'is not a whole number';
      return value < field.min || value > field.max ? `is not between ${field.min} and ${field.max}` : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is not true or false';
    case 'choice':
      return typeof value === 'string' && field.choices.includes(value)
        ? undefined
        : `is not one of ${field.choices.join(', ')}`;
    case 'choices': {
      const known =
        Array.isArray(value) && value.length > 0 && value.every((one) => field.choices.includes(one as string));
      if (!known) return `is not a list out of ${field.choices.join(', ')}`;
      return new Set(value).size === value.length ? undefined : 'names one thing twice';
    }
    default:
      return textFault(field, value);
  }
}

function textFault(field: SettingField, value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is not a text';
  const bounded = field.type === 'text' || field.type === 'secret' ? field.maxLength : undefined;
  const maxLength = bounded ?? MAX_SETTING_LENGTH;
  if (value.length > maxLength) return `is longer than ${maxLength}`;
  if (field.type === 'url') return urlFault(value);
  if (value === '' && field.required) return 'is empty';
  const pattern = field.type === 'text' || field.type === 'secret' ? field.pattern : undefined;
  return pattern === undefined || new RegExp(pattern, 'u').test(value) ? undefined : 'does not have the due form';
}

/** https, or http to a loopback address only, where nothing crosses a wire. */
function urlFault(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null) return 'is not a URL';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.hash !== '') return 'must not hold a fragment';
  if (url.protocol === 'https:') return undefined;
  const loopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/.test(url.hostname);
  return url.protocol === 'http:' && loopback ? undefined : 'is not an https URL';
}

export const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
