// The dataset schema: what each column of a partner's file means. One JSON document serves the command line, the API and the browser.
// Anything unknown, doubled or missing is an error that points at its spot; all errors are told at once.
import { type ColumnSchema, parseColumn } from './column-schema.ts';
import { isCountry } from './country.ts';
import { MAX_COLUMN_NAME_CHARACTERS, MAX_COLUMNS } from './limits.ts';
import { POSTAL_PARTS } from './postal-address.ts';
import { IssueList, pointer } from './schema-error.ts';

export type { ColumnSchema } from './column-schema.ts';
export { SchemaError, type SchemaIssue } from './schema-error.ts';

export interface DatasetSchema {
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case: the country of telephone numbers written without a calling code. */
  readonly defaultCountry?: string;
  /** Insertion order is column order. */
  readonly columns: Readonly<Record<string, ColumnSchema>>;
}

/** A label for people: no control characters, no blanks around it. */
const NAME = /^[^\p{Cc}]{1,100}$/u;
const ROLES_AT_MOST_ONCE = ['record-id', 'event-time'] as const;

/** Reads a schema from parsed JSON. Throws SchemaError with every issue. */
export function parseDatasetSchema(input: unknown): DatasetSchema {
  const issues = new IssueList();
  if (!isRecord(input)) {
    issues.add('', 'a dataset schema is a JSON object', 'write { "name": "…", "columns": { … } }');
    issues.throwIfAny();
    throw new TypeError('unreachable');
  }
  for (const key of Object.keys(input)) {
    if (!['name', 'defaultCountry', 'columns'].includes(key)) {
      issues.add(pointer(key), 'unknown property', 'a schema has name, defaultCountry and columns');
    }
  }
  const name = readName(input.name, issues);
  const defaultCountry = readCountry(input.defaultCountry, issues);
  const columns = readColumns(input.columns, issues);
  issues.throwIfAny();
  return { name, ...(defaultCountry === undefined ? {} : { defaultCountry }), columns };
}

function readName(value: unknown, issues: IssueList): string {
  if (typeof value === 'string' && NAME.test(value) && value.trim() === value) return value;
  const message = value === undefined ? 'name is missing' : 'the name is not valid';
  issues.add('/name', message, '1 to 100 characters, no blanks around them, no control characters');
  return '';
}

function readCountry(value: unknown, issues: IssueList): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isCountry(value)) return value;
  issues.add('/defaultCountry', 'not a country code', 'two capital letters of ISO 3166-1, such as FR');
  return undefined;
}

function readColumns(value: unknown, issues: IssueList): Record<string, ColumnSchema> {
  // No prototype: a column may be called "constructor" or "__proto__".
  const columns: Record<string, ColumnSchema> = Object.create(null);
  if (!isRecord(value)) {
    issues.add(
      '/columns',
      value === undefined ? 'columns are missing' : 'columns is not an object',
      'map each column name to its role',
    );
    return columns;
  }
  const names = Object.keys(value);
  if (names.length === 0) issues.add('/columns', 'there is no column', 'map each column name to its role');
  if (names.length > MAX_COLUMNS) issues.add('/columns', 'too many columns', `at most ${MAX_COLUMNS}`);
  for (const name of names.slice(0, MAX_COLUMNS)) {
    const at = pointer('columns', name);
    if (!isColumnName(name)) {
      issues.add(
        at,
        'the column name is not valid',
        `no blanks around it, no control characters, 1 to ${MAX_COLUMN_NAME_CHARACTERS} characters`,
      );
    }
    const column = parseColumn(value[name], at, issues);
    if (column) columns[name] = column;
  }
  checkTogether(columns, names.length, issues);
  return columns;
}

function isColumnName(name: string): boolean {
  return name !== '' && name === name.trim() && name.length <= MAX_COLUMN_NAME_CHARACTERS && !/\p{Cc}/u.test(name);
}

function checkTogether(columns: Record<string, ColumnSchema>, declared: number, issues: IssueList): void {
  const entries = Object.entries(columns);
  for (const role of ROLES_AT_MOST_ONCE) {
    for (const [name] of entries.filter(([, column]) => column.role === role).slice(1)) {
      issues.add(
        pointer('columns', name, 'role'),
        `a second column of role ${role}`,
        `a dataset has at most one ${role} column`,
      );
    }
  }
  checkConsents(entries, issues);
  checkComposites(entries, issues);
  if (declared > 0 && entries.length === declared && !entries.some(([, column]) => column.role === 'identifier')) {
    issues.add('/columns', 'there is no identifier column', 'without an identifier nothing can be matched');
  }
}

function checkConsents(entries: readonly [string, ColumnSchema][], issues: IssueList): void {
  const kinds = new Set<string>();
  for (const [name, column] of entries) {
    if (column.role !== 'consent') continue;
    if (kinds.has(column.kind)) {
      issues.add(
        pointer('columns', name, 'role'),
        `a second column of role consent and kind ${column.kind}`,
        'a dataset has at most one consent column of each kind',
      );
    }
    kinds.add(column.kind);
  }
}

function checkComposites(entries: readonly [string, ColumnSchema][], issues: IssueList): void {
  for (const type of ['postal-address', 'customer'] as const) {
    const parts = new Map<string, string>();
    for (const [name, column] of entries) {
      if (column.role !== 'identifier' || column.type !== type || column.part === undefined) continue;
      if (parts.has(column.part)) {
        issues.add(
          pointer('columns', name, 'part'),
          'doubled part',
          `another column is already this part of the ${type}`,
        );
      }
      parts.set(column.part, name);
    }
    if (type !== 'postal-address' || parts.size === 0) continue;
    const missing = POSTAL_PARTS.filter((part) => !parts.has(part));
    if (missing.length > 0) {
      issues.add(
        '/columns',
        `a postal-address lacks ${missing.join(' and ')}`,
        `its parts are ${POSTAL_PARTS.join(', ')}`,
      );
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
