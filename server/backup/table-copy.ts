// The rows of the control plane out into files and back, the same on SQLite and PostgreSQL: one JSON object a row.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { Database } from '../database/database.ts';
import { ROWS_PER_INSERT } from '../database/limits.ts';
import { tablesOf } from '../database/row-security.ts';
import { ROWS_PER_READ } from './limits.ts';
import { type CopiedTable, sha256Of } from './manifest.ts';

type Dialect = Database['dialect'];
type Row = Record<string, unknown>;

export const KEY_TABLE = 'wrapped_keys';
/**
 * Which migrations there were is the manifest's to say; kept answers are a day's and readable under the root key alone; a session or a
 * link that was ended after the backup must not come back with it.
 */
const LEFT_OUT = ['schema_migrations', 'idempotent_answers', 'sessions', 'welcome_links', 'sign_in_guesses'];

/** Parents before whoever refers to them. */
export async function listCopiedTables(trx: Knex, dialect: Dialect): Promise<string[]> {
  const names = (await namesOf(trx, dialect)).filter((name) => !LEFT_OUT.includes(name));
  const parents = new Map<string, string[]>();
  for (const name of names) parents.set(name, await parentsOf(trx, dialect, name));
  const ordered: string[] = [];
  const visit = (name: string, path: readonly string[]) => {
    if (ordered.includes(name) || path.includes(name)) return;
    for (const parent of parents.get(name) ?? []) visit(parent, [...path, name]);
    ordered.push(name);
  };
  for (const name of names) visit(name, []);
  return ordered.filter((name) => names.includes(name));
}

async function namesOf(trx: Knex, dialect: Dialect): Promise<string[]> {
  if (dialect === 'postgres') return [...(await tablesOf(trx)).keys()];
  const rows = await trx('sqlite_master').where({ type: 'table' }).whereNot('name', 'like', 'sqlite_%').orderBy('name');
  return rows.map((row: { name: string }) => row.name);
}

async function parentsOf(trx: Knex, dialect: Dialect, table: string): Promise<string[]> {
  if (dialect === 'sqlite') {
    const rows = (await trx.raw('select "table" as parent from pragma_foreign_key_list(?)', [table])) as Row[];
    return rows.map(({ parent }) => String(parent));
  }
  const sql = `select confrelid::regclass::text as parent from pg_constraint where contype = 'f' and conrelid = to_regclass(?)`;
  const { rows } = (await trx.raw(sql, [table])) as { rows: Row[] };
  return rows.map(({ parent }) => String(parent));
}

export async function copyOut(
  trx: Knex,
  { table, dialect, folder, without }: { table: string; dialect: Dialect; folder: string; without?: string },
): Promise<CopiedTable> {
  await mkdir(join(folder, 'database'), { recursive: true, mode: 0o700 });
  const path = join('database', `${table}.ndjson`);
  const counter = { rows: 0 };
  const blocks = dialect === 'postgres' ? postgresRows(trx, table) : sqliteRows(trx, table);
  await pipeline(lines(blocks, counter, without), createWriteStream(join(folder, path), { mode: 0o600, flush: true }));
  return { name: table, path, rows: counter.rows, sha256: await sha256Of(join(folder, path)) };
}

async function* lines(blocks: AsyncIterable<Row[]>, counter: { rows: number }, without?: string) {
  for await (const block of blocks) {
    const kept = without === undefined ? block : block.filter(({ id }) => id !== without);
    counter.rows += kept.length;
    yield kept.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
}

async function* postgresRows(trx: Knex, table: string): AsyncIterable<Row[]> {
  await trx.raw('declare copied no scroll cursor for select * from ??', [table]);
  for (;;) {
    const { rows } = (await trx.raw(`fetch ${ROWS_PER_READ} from copied`)) as { rows: Row[] };
    if (rows.length === 0) break;
    yield rows;
  }
  await trx.raw('close copied');
}

async function* sqliteRows(trx: Knex, table: string): AsyncIterable<Row[]> {
  for (let after = 0; ; ) {
    const rows: Row[] = await trx(table)
      .select('*', { copied_place: trx.raw('rowid') })
      .whereRaw('rowid > ?', [after])
      .orderByRaw('rowid')
      .limit(ROWS_PER_READ);
    if (rows.length === 0) return;
    after = Number(rows.at(-1)?.copied_place);
    yield rows.map(({ copied_place: _, ...row }) => row);
  }
}

export async function copyIn(trx: Knex.Transaction, folder: string, { name, path }: CopiedTable): Promise<void> {
  let block: Row[] = [];
  const flush = async () => {
    if (block.length > 0) await trx(name).insert(block);
    block = [];
  };
  const input = createReadStream(join(folder, path), 'utf8');
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    block.push(JSON.parse(line) as Row);
    if (block.length >= ROWS_PER_INSERT) await flush();
  }
  await flush();
}
