// What a person entered for declared fields, and the values that the service takes for it: an empty field is left out, so that the
// default of the declaration stands.
import type { DestinationField, Problem } from '../../../../openapi/generated/api.ts';

export type Entry = string | boolean | readonly string[];
export type Entries = Readonly<Record<string, Entry>>;

export function valuesOf(fields: readonly DestinationField[], entries: Entries): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const entry = entries[name];
    if (entry === undefined || entry === '') continue;
    if (Array.isArray(entry) && entry.length === 0) continue;
    // What is no number is told by the service, at its field.
    values[name] =
      type === 'integer' && typeof entry === 'string' && /^-?\d{1,15}$/.test(entry) ? Number(entry) : entry;
  }
  return values;
}

/** By the pointer of the field. */
export function faultsByField(problem: Problem | undefined): Record<string, string> {
  return Object.fromEntries((problem?.errors ?? []).map(({ pointer, message }) => [pointer, message]));
}
