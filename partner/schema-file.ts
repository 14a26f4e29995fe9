// Reads a dataset schema from a file. Keys written twice are errors too: JSON itself would silently keep the last.
import { readFile, stat } from 'node:fs/promises';
import { type DatasetSchema, SchemaError } from '../identifiers/dataset-schema.ts';
import { parseDatasetSchemaText } from '../identifiers/dataset-schema-text.ts';
import { CommandError } from './command-error.ts';
import { errnoOf } from './hashing/input-file.ts';
import { MAX_SCHEMA_BYTES } from './limits.ts';

/** Throws file_unreadable and schema_invalid with every issue. */
export async function readSchemaFile(path: string): Promise<DatasetSchema> {
  let text: string;
  try {
    if ((await stat(path)).size > MAX_SCHEMA_BYTES) {
      throw new CommandError('schema_invalid', `${path} is too large for a schema`);
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('file_unreadable', `cannot read the schema ${path}`, { cause, hint: errnoOf(cause) });
  }
  try {
    return parseDatasetSchemaText(text);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new CommandError('schema_invalid', `${path} is not a valid dataset schema`, { issues: cause.issues });
  }
}
