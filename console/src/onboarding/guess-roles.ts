// Guesses what each column of a file is, from its name and a sample, and says how sure that is. A person confirms every guess.
import type { ColumnSchema } from '../../../identifiers/dataset-schema.ts';
import { type NamedRole, roleOfName } from './column-names.ts';
import { lookAtValues, type ValueLook } from './column-values.ts';

export type Confidence = 'sure' | 'likely' | 'unsure';

export interface RoleGuess {
  readonly column: string;
  /** Undefined: better left out of the dataset. */
  readonly role: ColumnSchema | undefined;
  readonly confidence: Confidence;
  readonly because: 'name' | 'values' | 'name-and-values' | 'nothing';
}

export interface Sample {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly defaultCountry?: string;
}

export function guessRoles({ header, rows, defaultCountry }: Sample): RoleGuess[] {
  const guesses = header.map((column, index) => {
    const values = rows.map((row) => row[index] ?? '');
    return guessOf(column, roleOfName(column), lookAtValues(values, defaultCountry));
  });
  return withWholeAddresses(withOneOfAKind(guesses));
}

function guessOf(column: string, named: NamedRole | undefined, look: ValueLook): RoleGuess {
  if (named === 'leave-out') return { column, role: undefined, confidence: 'sure', because: 'name' };
  if (named === undefined) return byValues(column, look);
  if (look.filled === 0) return { column, role: named, confidence: 'likely', because: 'name' };
  if (isSameKind(named, look.role)) return { column, role: named, confidence: 'sure', because: 'name-and-values' };
  if (named.role === 'record-id') {
    const confidence = look.isUnique ? 'sure' : 'likely';
    return { column, role: named, confidence, because: look.isUnique ? 'name-and-values' : 'name' };
  }
  // A column called email that holds no addresses, or one called consent with yes and no: the values count.
  const mustShow =
    (named.role === 'consent' && named.kind === 'purposes') ||
    (named.role === 'identifier' && ['email', 'phone'].includes(named.type));
  if (mustShow && look.role !== undefined) return { column, role: look.role, confidence: 'unsure', because: 'values' };
  return { column, role: named, confidence: mustShow ? 'unsure' : 'likely', because: 'name' };
}

function byValues(column: string, look: ValueLook): RoleGuess {
  if (look.role === undefined)
    return { column, role: undefined, confidence: look.isFreeText ? 'likely' : 'unsure', because: 'nothing' };
  const isPlain = look.role.role === 'attribute' && look.role.kind !== 'category';
  const isIdentifier = look.role.role === 'identifier' || look.role.role === 'consent';
  return { column, role: look.role, confidence: isPlain || isIdentifier ? 'likely' : 'unsure', because: 'values' };
}

function isSameKind(named: ColumnSchema, seen: ColumnSchema | undefined): boolean {
  if (seen === undefined || named.role !== seen.role) return false;
  if (named.role === 'identifier' && seen.role === 'identifier') return named.type === seen.type;
  return !('kind' in named) || ('kind' in seen && named.kind === seen.kind);
}

/** A dataset has one record id, one event time, one consent column of a kind: the surest, then the first. */
function withOneOfAKind(guesses: readonly RoleGuess[]): RoleGuess[] {
  const kept = new Map<string, RoleGuess>();
  const order: readonly Confidence[] = ['sure', 'likely', 'unsure'];
  for (const guess of [...guesses].sort((a, b) => order.indexOf(a.confidence) - order.indexOf(b.confidence))) {
    const kind = kindOf(guess.role);
    if (kind !== undefined && !kept.has(kind)) kept.set(kind, guess);
  }
  return guesses.map((guess) => {
    const kind = kindOf(guess.role);
    if (kind === undefined || kept.get(kind) === guess) return guess;
    const role: ColumnSchema | undefined =
      guess.role?.role === 'record-id' ? { role: 'identifier', type: 'customer' } : undefined;
    return { ...guess, role, confidence: 'unsure' };
  });
}

function kindOf(role: ColumnSchema | undefined): string | undefined {
  if (role?.role === 'record-id' || role?.role === 'event-time') return role.role;
  if (role?.role === 'consent') return `consent ${role.kind}`;
  return role?.role === 'identifier' && role.type === 'postal-address' ? `address ${role.part}` : undefined;
}

/** Surname, postcode and house number make a key together or not at all. */
function withWholeAddresses(guesses: readonly RoleGuess[]): RoleGuess[] {
  const parts = guesses.filter(({ role }) => role?.role === 'identifier' && role.type === 'postal-address');
  if (parts.length === 0 || parts.length === 3) return [...guesses];
  return guesses.map((guess) => {
    if (!parts.includes(guess)) return guess;
    const isPostcode = guess.role?.role === 'identifier' && guess.role.part === 'postcode';
    const role: ColumnSchema | undefined = isPostcode ? { role: 'attribute', kind: 'category' } : undefined;
    return { ...guess, role, confidence: isPostcode ? 'unsure' : 'likely' };
  });
}
