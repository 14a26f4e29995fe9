// An export of the whole log as the entries that are hashed, line by line: memory stays flat whatever the log's size.
import { createReadStream } from 'node:fs';
import { MAX_RECORD_BYTES } from '../../identifiers/limits.ts';
import { CommandError } from '../command-error.ts';
import { errnoOf } from '../hashing/input-file.ts';
import { READ_BYTES } from '../limits.ts';

/** Throws `proof_invalid` with the number of the line for whatever is not the next event of a whole log. */
export async function* entriesOf(path: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let index = 0;
  for await (const line of linesOf(path)) {
    yield encoder.encode(leafOfLine(line, index));
    index += 1;
  }
}

function leafOfLine(line: string, index: number): string {
  let parsed: { index?: unknown; leaf?: unknown };
  try {
    parsed = JSON.parse(line);
  } catch {
    throw invalid(index, 'is not JSON');
  }
  if (typeof parsed?.leaf !== 'string') throw invalid(index, 'has no leaf: is this an export of the audit log?');
  if (parsed.index !== index)
    throw invalid(
      index,
      `is not event ${index}: only an export of the whole log, from event 0 on, verifies as a whole`,
    );
  return parsed.leaf;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES })) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_RECORD_BYTES) throw new CommandError('proof_invalid', `${path} has no lines`);
      yield* lines;
    }
    rest += decoder.decode();
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (cause instanceof TypeError) throw new CommandError('proof_invalid', `${path} is not UTF-8`, { cause });
    throw new CommandError('file_unreadable', `cannot read ${path}`, { cause, hint: errnoOf(cause) });
  }
  if (rest !== '') yield rest;
}

function invalid(index: number, what: string): CommandError {
  return new CommandError('proof_invalid', `line ${index + 1} of the export ${what}`, { row: index + 1 });
}
