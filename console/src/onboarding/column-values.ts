// What a sample of a column's values says about its role. It only ever looks: nothing of a value is kept or told.
import type { ColumnSchema } from '../../../identifiers/dataset-schema.ts';
import { looksLikeEmail, looksLikePhone } from '../../../identifiers/hashing/clear-text-guard.ts';
import { normalise } from '../../../identifiers/identifier.ts';
import { MAX_CATEGORY_CHARACTERS } from '../../../identifiers/limits.ts';

export interface ValueLook {
  /** Undefined where the values say nothing: the column is empty, or holds free text. */
  readonly role: ColumnSchema | undefined;
  /** Values that are not blank. */
  readonly filled: number;
  readonly isUnique: boolean;
  readonly isFreeText: boolean;
}

type Test = (value: string) => boolean;

const PURPOSE = '(?:advertising|measurement|personalisation|analytics|email-marketing)(?:@[a-z0-9-]+)?';
const BOOLEAN: Test = (value) => /^(true|false|yes|no|0|1)$/i.test(value);
const DATE: Test = (value) => /^\d{4}-\d{2}-\d{2}$/.test(value);
const NUMBER: Test = (value) => /^-?\d{1,15}(\.\d{1,9})?$/.test(value);
const MOMENT: Test = (value) => /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(value);
const UUID: Test = (value) => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
const PURPOSES: Test = (value) => new RegExp(`^${PURPOSE}([;,| ]+${PURPOSE})*$`).test(value);

/** A sample has its odd values: this share of the filled ones must agree. */
const MOST = 0.8;

export function lookAtValues(values: readonly string[], defaultCountry: string | undefined): ValueLook {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '');
  const distinct = new Set(filled);
  const isFreeText = filled.some((value) => value.length > MAX_CATEGORY_CHARACTERS);
  const isUnique = filled.length > 1 && distinct.size === filled.length;
  return { role: roleOf(filled, distinct.size, defaultCountry), filled: filled.length, isUnique, isFreeText };
}

function roleOf(
  filled: readonly string[],
  distinct: number,
  defaultCountry: string | undefined,
): ColumnSchema | undefined {
  if (filled.length === 0) return undefined;
  const most = (test: Test): boolean => filled.filter(test).length >= filled.length * MOST;
  const all = (test: Test): boolean => filled.every(test);
  if (most(looksLikeEmail)) return { role: 'identifier', type: 'email' };
  if (most(PURPOSES)) return { role: 'consent', kind: 'purposes' };
  if (all(BOOLEAN)) return { role: 'attribute', kind: 'boolean' };
  if (all(DATE)) return { role: 'attribute', kind: 'date' };
  if (all(MOMENT)) return { role: 'event-time' };
  if (most(UUID)) return { role: 'identifier', type: 'mobile-advertising-id' };
  if (most((value) => isPhone(value, defaultCountry))) return { role: 'identifier', type: 'phone' };
  if (all(NUMBER)) return { role: 'attribute', kind: 'number' };
  const few = distinct <= Math.max(12, filled.length / 4);
  const short = all(
    (value) => value.length <= MAX_CATEGORY_CHARACTERS && !looksLikeEmail(value) && !looksLikePhone(value),
  );
  return few && short ? { role: 'attribute', kind: 'category' } : undefined;
}

/** Bare digits may be anything; a number begins with + or the trunk's 0, or stands in groups. */
function isPhone(value: string, defaultCountry: string | undefined): boolean {
  if (!/^(\+|0)|[ .()-]/.test(value)) return false;
  return normalise('phone', value, defaultCountry === undefined ? {} : { defaultCountry }).ok;
}
