// Parquet by way of the engine: the stored file goes to the scratch folder, its rows come back in file order. A cluster
// cannot read this machine's files, so an embedded engine of a moment reads for it.
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import { LoadFailure } from '../load-request.ts';
import type { FileRows } from './file-rows.ts';
import { fillBatch } from './json-lines.ts';
import { RowBatch } from './rows.ts';

// One thread and kept order: the number of a row is what a partner finds it by. Quoted, since 64-bit ids are no numbers
// in JavaScript.
const SETTINGS =
  'max_threads = 1, input_format_parquet_preserve_order = 1, output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1';

export async function readParquetRows(
  engine: Engine,
  blocks: AsyncIterable<Buffer>,
  rows: FileRows,
  scratchDir: string,
): Promise<void> {
  const path = join(scratchDir, 'upload.parquet');
  try {
    await pipeline(Readable.from(blocks), createWriteStream(path, { mode: 0o600 }));
    await withLocalEngine(engine, scratchDir, (local) => readRows(local, path, rows));
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code !== 'memory_limit') {
      throw new LoadFailure('file_malformed', { hint: 'the file is not readable as Parquet' });
    }
    throw thrown;
  } finally {
    await rm(path, { force: true });
  }
}

async function readRows(engine: Engine, path: string, rows: FileRows): Promise<void> {
  const described = await engine.query<{ name: string }>("DESCRIBE TABLE file({path:String}, 'Parquet')", { path });
  const present = described.map(({ name }) => name);
  rows.onHeader(present);
  const batch = new RowBatch();
  const sql = `SELECT * FROM file({path:String}, 'Parquet') SETTINGS ${SETTINGS}`;
  for await (const objects of engine.stream(sql, { path })) {
    fillBatch(objects, batch, present);
    await rows.onBatch(batch, batch.bytes.length);
  }
}

async function withLocalEngine(engine: Engine, scratchDir: string, work: (local: Engine) => Promise<void>) {
  if (engine.kind === 'embedded') return work(engine);
  const dataDir = join(scratchDir, 'parquet-engine');
  const local = await openEmbeddedEngine({ dataDir });
  try {
    await work(local);
  } finally {
    await local.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
