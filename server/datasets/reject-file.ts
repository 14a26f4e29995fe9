// Rejected rows rest in one file a load, a JSON line each, in file order: there may be millions, and they hold no values.
// A cursor is the byte where the next page starts.
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Reject } from '../../openapi/generated/api.ts';
import { ServiceError } from '../errors.ts';
import { cursorOf, type Page, type PageRequest, pageSize, positionOfCursor } from '../http/page.ts';

/** The longest line: a column name and a hint, each bounded by the dataset schema and the table of hints. */
const MAX_LINE_BYTES = 4096;

function rejectPath(dataDir: string, loadId: string): string {
  return join(dataDir, 'rejects', `${loadId}.ndjson`);
}

/** Writes the whole file or none. */
export async function writeRejects(
  dataDir: string,
  loadId: string,
  rejects: AsyncIterable<readonly Reject[]>,
): Promise<void> {
  const path = rejectPath(dataDir, loadId);
  await mkdir(join(dataDir, 'rejects'), { recursive: true, mode: 0o700 });
  await pipeline(linesOf(rejects), createWriteStream(`${path}.part`, { mode: 0o600, flush: true }));
  await rename(`${path}.part`, path);
}

async function* linesOf(rejects: AsyncIterable<readonly Reject[]>): AsyncGenerator<string> {
  for await (const block of rejects) {
    yield block.map(({ row, field, code, hint }) => `${JSON.stringify({ row, field, code, hint })}\n`).join('');
  }
}

export async function removeRejects(dataDir: string, loadId: string): Promise<void> {
  await rm(rejectPath(dataDir, loadId), { force: true });
}

export async function listRejects(dataDir: string, loadId: string, request: PageRequest): Promise<Page<Reject>> {
  const start = request.cursor === undefined ? 0 : byteOfCursor(request.cursor);
  const limit = pageSize(request);
  const handle = await open(rejectPath(dataDir, loadId), 'r').catch(() => undefined);
  if (handle === undefined) return { items: [], next_cursor: null };
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(size - start, limit * MAX_LINE_BYTES)));
    await handle.read(buffer, 0, buffer.length, start);
    const lines = firstLines(buffer, limit);
    const next = start + lines.bytes;
    return {
      items: lines.texts.map((text) => JSON.parse(text) as Reject),
      next_cursor: next < size ? cursorOf(String(next)) : null,
    };
  } finally {
    await handle.close();
  }
}

function firstLines(buffer: Buffer, limit: number): { texts: string[]; bytes: number } {
  const texts: string[] = [];
  let at = 0;
  while (texts.length < limit) {
    const end = buffer.indexOf(0x0a, at);
    if (end === -1) break;
    texts.push(buffer.toString('utf8', at, end));
    at = end + 1;
  }
  return { texts, bytes: at };
}

function byteOfCursor(cursor: string): number {
  const position = positionOfCursor(cursor);
  if (!/^\d{1,15}$/.test(position)) throw new ServiceError('cursor_invalid');
  return Number(position);
}
