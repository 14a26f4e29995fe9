// The erasure ledger: every tombstone in a file of its own beside the database, appended before anybody is erased. A backup
// that is restored brings the database of then; the ledger stays the one of now, and says who must not come back.
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ground } from '../ground.ts';
import { listWrappedKeys } from '../keys/key-store.ts';
import { unwrapKey } from '../keys/key-wrapping.ts';
import { type TombstoneRow, tombstoneKey } from './tombstones.ts';

/** One line: the tombstones of one request in one dataset, with the wrapped key that they are made with. */
interface LedgerLine {
  readonly tenant: string;
  readonly dataset: string;
  readonly request: string;
  readonly at: string;
  readonly key: { readonly version: number; readonly wrapped: string };
  readonly tombstones: readonly string[];
}

export interface LedgerEntry extends TombstoneRow {
  /** What the tombstone was made with, unwrapped. */
  readonly key: Uint8Array;
}

/** A service that erased nobody has a ledger, too: one that is missing is lost. */
export async function ensureLedger({ config }: Pick<Ground, 'config'>): Promise<void> {
  const path = config.erasureLedgerFile;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await (await open(path, 'a', 0o600)).close();
}

/** On disk when this returns. */
export async function appendToLedger(ground: Ground, tenantId: string, rows: readonly TombstoneRow[]): Promise<void> {
  const [newest] = await listWrappedKeys(ground.db, tombstoneKey(tenantId));
  if (newest === undefined || rows.length === 0) return;
  const key = { version: newest.version, wrapped: newest.wrapped };
  const lines = [...Map.groupBy(rows, ({ dataset_id: dataset }) => dataset)].map(([dataset, of]): LedgerLine => {
    const { deletion_request_id: request = '', created_at: at = '' } = of[0] ?? {};
    return { tenant: tenantId, dataset, request, at, key, tombstones: of.map(({ tombstone }) => tombstone) };
  });
  const path = ground.config.erasureLedgerFile;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const start = (await endsInALine(file)) ? '' : '\n';
    await file.write(start + lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A line that was torn by a crash is closed, so that it takes no other with it. */
async function endsInALine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** Everything in the file; nothing where there is none. Throws for a root key that wrapped none of it. */
export async function readLedger(ground: Pick<Ground, 'config' | 'rootKey'>): Promise<LedgerEntry[]> {
  const text = await readFile(ground.config.erasureLedgerFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const entries: LedgerEntry[] = [];
  for (const line of text.split('\n')) {
    const read = parsed(line);
    if (read === undefined) continue;
    const name = { ...tombstoneKey(read.tenant), version: read.key.version };
    const key = await unwrapKey(ground.rootKey, name, read.key.wrapped);
    const { tenant: tenant_id, dataset: dataset_id, request: deletion_request_id, at: created_at } = read;
    for (const tombstone of read.tombstones) {
      entries.push({ tenant_id, dataset_id, tombstone, deletion_request_id, created_at, key });
    }
  }
  return entries;
}

/** Undefined for a torn line: its request was not recorded either, and is still in the queue. */
function parsed(line: string): LedgerLine | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as LedgerLine;
  } catch {
    return undefined;
  }
}
