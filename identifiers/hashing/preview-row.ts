// One row as column → type → normalised → first 8 hex digits, so that a person checks the schema before anything is hashed.
// It shows values in the clear: on the screen of whoever's file it is, and nowhere else.
import type { DatasetSchema } from '../dataset-schema.ts';
import { type IdentifierType, type Normalised, normalise } from '../identifier.ts';
import { saltedDigest } from '../salted-digest.ts';
import type { ColumnPlan } from './column-plan.ts';
import { compose } from './row-hasher.ts';

export interface PreviewCell {
  readonly row: number;
  readonly column: string;
  readonly type: string;
  readonly normalised?: string;
  readonly digest?: string;
  readonly code?: string;
}

export interface PreviewRow {
  readonly row: readonly string[];
  /** From 1, the header not counted. */
  readonly number: number;
  readonly header: readonly string[];
  readonly columns: readonly ColumnPlan[];
  readonly schema: DatasetSchema;
  readonly salt: string;
}

export function previewRow({ row, number, header, columns, schema, salt }: PreviewRow): PreviewCell[] {
  if (row.length !== columns.length) return [{ row: number, column: '', type: '', code: 'column_count' }];
  const country = schema.defaultCountry === undefined ? {} : { defaultCountry: schema.defaultCountry };
  return columns.map((plan, index): PreviewCell => {
    const column = header[index]!;
    const base = { row: number, column };
    if (plan.does === 'digest' || plan.does === 'composite') {
      const normalised = plan.does === 'digest' ? normalise(plan.type, row[index]!, country) : compose(plan, row);
      return { ...base, type: plan.type, ...digestOf(normalised, plan.type, salt) };
    }
    if (plan.does === 'leave-out') return { ...base, type: 'left out' };
    if (plan.does === 'empty') return { ...base, type: 'part of the key', normalised: '' };
    if (plan.does === 'seal') return { ...base, type: plan.profileText, normalised: '(sealed)' };
    return { ...base, type: roleOf(column, schema), normalised: row[index]! };
  });
}

function digestOf(normalised: Normalised, type: IdentifierType, salt: string): Partial<PreviewCell> {
  if (!normalised.ok) return { code: normalised.code };
  const value = normalised.value.reveal();
  return { normalised: value, digest: saltedDigest({ salt, type, normalised: value }).slice(0, 8) };
}

function roleOf(name: string, schema: DatasetSchema): string {
  const column = schema.columns[name]!;
  if (column.role === 'attribute') return column.kind;
  return column.role === 'activation-id' ? column.type : column.role;
}
