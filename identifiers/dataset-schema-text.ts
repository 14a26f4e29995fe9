// A dataset schema from its JSON text. Keys written twice are found here, since JSON.parse silently keeps the last.
import { type DatasetSchema, parseDatasetSchema } from './dataset-schema.ts';
import { pointer, SchemaError, type SchemaIssue } from './schema-error.ts';

/** Throws SchemaError: for text that is no JSON at the document's root, for a doubled key at its pointer, and as parseDatasetSchema. */
export function parseDatasetSchemaText(text: string): DatasetSchema {
  const json = text.replace(/^\u{feff}/u, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    // V8 tells place and nature of the fault; a schema holds no person's data.
    const message = error instanceof Error ? error.message : 'not JSON';
    throw new SchemaError([
      { pointer: '', message: `not JSON: ${message}`, hint: 'check commas, quotes and brackets' },
    ]);
  }
  const doubled = doubledKeys(json);
  if (doubled.length === 0) return parseDatasetSchema(value);
  try {
    parseDatasetSchema(value);
  } catch (error) {
    if (error instanceof SchemaError) throw new SchemaError([...doubled, ...error.issues]);
    throw error;
  }
  throw new SchemaError(doubled);
}

interface Container {
  readonly at: string;
  /** Keys seen, for an object; undefined for an array. */
  readonly keys?: Set<string>;
  key: string;
  index: number;
}

/** Walks the tokens of a text that is known to be JSON. */
function doubledKeys(json: string): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const open: Container[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
  for (const { 0: token, index: offset } of json.matchAll(tokens)) {
    const inside = open.at(-1);
    if (token === '{' || token === '[') {
      const at = inside === undefined ? '' : inside.at + pointer(inside.keys ? inside.key : inside.index);
      open.push(token === '{' ? { at, keys: new Set(), key: '', index: 0 } : { at, key: '', index: 0 });
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (inside) inside.index += 1;
    } else if (inside?.keys && isKey(json, offset + token.length)) {
      inside.key = JSON.parse(token) as string;
      if (inside.keys.has(inside.key)) {
        issues.push({
          pointer: inside.at + pointer(inside.key),
          message: 'written twice',
          hint: 'keep one of the two',
        });
      }
      inside.keys.add(inside.key);
    }
  }
  return issues;
}

function isKey(json: string, from: number): boolean {
  return /^\s*:/.test(json.slice(from, from + 200));
}
