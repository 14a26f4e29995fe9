// A backup of before is restored: without the ledger of now it is refused and nothing is written; with it, whoever was erased since is
// in no file and no row of the service that comes back. On SQLite and on PostgreSQL.
import { createCipheriv, createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runChild } from '../../bench/demo/child.ts';
import { closeGround, openGround } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { closeDatabase, type Database, openDatabase } from '../../server/database/database.ts';
import { asService } from '../../server/database/row-scope.ts';
import { findInFiles } from './files-with.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import {
  createTenant,
  jobEnd,
  MAIN,
  type Service,
  setUp,
  startService,
  type Tenant,
  upload,
  waitFor,
} from './service.ts';

const PERSONS = 300;
const [EARLY, LATE] = [
  [3, 4, 5],
  [101, 102, 103, 104],
];
const SCHEMA = {
  name: 'crm',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    hobby: { role: 'attribute', kind: 'category' },
    xandr: { role: 'activation-id', type: 'xandr-user-id' },
  },
};
const email = (n: number) => createHash('sha256').update(`email of ${n}`).digest('hex');
const row = (n: number) =>
  [`customer-${n}-of-crm`, email(n), `hobby of ${n} alone`, String(8_000_000_000_000 + n)].join();
const everybody = Array.from({ length: PERSONS }, (_, n) => n);
const FILE = Buffer.from(['customer_id,email,hobby,xandr', ...everybody.map(row)].join('\n'));
const SLOW = { timeout: 300_000 };

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-restored-'));
  const at = (name: string) => join(folder, name);
  const ledger = at('data/erasures.ledger');
  const databases: Postgres[] = [];
  let env: Record<string, string> = {};
  let service: Service;
  let osec: Tenant;
  let datasetId: string;
  let writings: Buffer[] = [];

  const start = async () => {
    service = await startService({ dataDir: at('data'), env });
  };
  const command = (...args: string[]) => {
    const settings = { ...env, ECLUSE_DATA_DIR: at('data'), ECLUSE_LOG_LEVEL: 'silent' };
    return runChild([MAIN, ...args], { cwd: folder, env: { ...withoutSettings(), ...settings } });
  };
  const restore = (...more: string[]) =>
    command('restore', '--from', at('backup/data'), '--keys-from', at('backup/keys'), ...more);

  /** An empty database beside the one before, as on a new machine; the root key is there. */
  async function wipe(): Promise<void> {
    rmSync(at('data'), { recursive: true, force: true });
    mkdirSync(at('data'));
    await newDatabase();
  }
  async function newDatabase(): Promise<void> {
    if (dialect === 'sqlite') return;
    const postgres = await startPostgres();
    databases.push(postgres);
    writeFileSync(at('service.url'), postgres.serviceUrl);
    writeFileSync(at('owner.url'), postgres.url);
    env = { ...env, ECLUSE_DATABASE_URL_FILE: at('service.url'), ECLUSE_DATABASE_OWNER_URL_FILE: at('owner.url') };
  }
  const openNow = (): Database =>
    dialect === 'sqlite'
      ? openDatabase({ dialect, file: at('data/ecluse.db') })
      : openDatabase({ dialect, url: databases.at(-1)?.url ?? '' });

  async function call<T>(role: keyof Tenant['secrets'], method: string, path: string, body?: unknown): Promise<T> {
    const answer = await service.call<T>(method, path, { secret: osec.secrets[role], body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const erasure = (path: string) =>
    waitFor(async () => {
      const body = await call<{ status: string; source: string }>('compliance-officer', 'GET', path);
      return ['completed', 'failed'].includes(body.status) ? body : undefined;
    });
  async function erase(persons: readonly number[]): Promise<void> {
    const wish = { persons: { digests: persons.map(email) } };
    const { id } = await call<{ id: string }>('compliance-officer', 'POST', '/v1/deletion-requests', wish);
    expect(await erasure(`/v1/deletion-requests/${id}`)).toMatchObject({ status: 'completed' });
  }
  const persons = async () =>
    (await call<{ persons: number }>('data-engineer', 'GET', `/v1/datasets/${datasetId}`)).persons;

  async function writingsOf(who: readonly number[]): Promise<Buffer[]> {
    const ground = await openGround(readConfig({ flags: { dataDir: at('data'), logLevel: 'silent' }, env }), 'worker');
    const key = await asService(() => ground.keys.getTenantKey(osec.id));
    await closeGround(ground);
    const matchKey = (n: number) =>
      createCipheriv('aes-256-ecb', key, null)
        .setAutoPadding(false)
        .update(Buffer.from(email(n).slice(0, 32), 'hex'));
    return who.flatMap((n) => [
      matchKey(n),
      Buffer.from(matchKey(n).toString('hex')),
      Buffer.from(email(n).slice(0, 32)),
      ...row(n)
        .split(',')
        .map((cell) => Buffer.from(cell)),
    ]);
  }

  /** Files of the data folder, and on PostgreSQL every row of every table, that name somebody. */
  async function placesOf(needles: readonly Buffer[]): Promise<string[]> {
    const files = [...findInFiles(at('data'), needles).at];
    if (dialect === 'sqlite') return files;
    const db = openNow();
    const { rows } = await db.knex.raw("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
    for (const { name } of rows as { name: string }[]) {
      const text = JSON.stringify(await db.knex(name).select('*'));
      if (needles.some((needle) => text.includes(needle.toString('latin1')))) files.push(name);
    }
    await closeDatabase(db);
    return files;
  }

  beforeAll(async () => {
    mkdirSync(at('data'), { recursive: true });
    const rootKey = `${Buffer.alloc(32, 9).toString('base64')}\n`;
    writeFileSync(at('root.key'), rootKey, { mode: 0o600 });
    env = { ECLUSE_ROOT_KEY_FILE: at('root.key') };
    await newDatabase();
    await start();
    osec = await createTenant(service, await setUp(service), 'Osec');
    datasetId = (await call<{ id: string }>('data-engineer', 'POST', '/v1/datasets', { schema: SCHEMA })).id;
    const engineer = osec.secrets['data-engineer'];
    const upload_id = await upload(service, engineer, { name: 'crm.csv', bytes: FILE });
    const body = { upload_id, mode: 'replace' };
    const { job_id } = await call<{ job_id: string }>('data-engineer', 'POST', `/v1/datasets/${datasetId}/loads`, body);
    await jobEnd(service, engineer, job_id);
    await erase(EARLY);
    await service.stop();
    expect(await command('backup', '--to', at('backup/data'), '--keys-to', at('backup/keys'))).toMatchObject({
      code: 0,
    });
    cpSync(ledger, at('early.ledger'));
    writings = await writingsOf([...EARLY, ...LATE]);
    expect((await placesOf(writings)).length).toBeGreaterThan(0);
    await start();
    await erase(LATE);
    await service.stop();
    expect(await placesOf(writings)).toEqual([]);
    cpSync(ledger, at('now.ledger'));
  }, SLOW.timeout);
  afterAll(async () => {
    await service?.stop();
    await Promise.all(databases.map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  test('without its ledger it is refused, and nothing is written', SLOW, async () => {
    await wipe();
    const refused = await restore();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(`there is no erasure ledger at ${ledger}`);
    expect(refused.stderr).toContain('--without-erasure-ledger');
    expect(existsSync(at('data/engine')) && findInFiles(at('data/engine'), writings).at.size > 0).toBe(false);
    expect(await placesOf(writings)).toEqual([]);
  });

  test('with a ledger that lacks whom the backup itself says were erased it is refused as well', SLOW, async () => {
    writeFileSync(ledger, '', { mode: 0o600 });
    const refused = await restore();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('is not the one of now: it has 0 tombstones, the backup 6');
  });

  test('with the ledger of now whoever was erased since is in no file and no row', SLOW, async () => {
    cpSync(at('now.ledger'), ledger);
    const restored = await restore();
    expect(restored.code, restored.stderr).toBe(0);
    // The backup itself has them; the service that comes back has not.
    expect((await placesOf(writings)).length).toBeGreaterThan(0);
    await start();
    const again = await waitFor(async () => {
      const { items } = await call<{ items: { id: string; source: string }[] }>(
        'compliance-officer',
        'GET',
        '/v1/deletion-requests',
      );
      return items.find(({ source }) => source === 'restored');
    });
    expect(await erasure(`/v1/deletion-requests/${again.id}`)).toMatchObject({ status: 'completed' });
    expect(await persons()).toBe(PERSONS - EARLY.length - LATE.length);
    await service.stop();
    expect(await placesOf(writings)).toEqual([]);
    expect(readFileSync(ledger, 'utf8').length).toBeGreaterThanOrEqual(readFileSync(at('now.ledger'), 'utf8').length);
  });

  test('whoever says that the ledger is lost gets the persons of then back, and is told so', SLOW, async () => {
    await wipe();
    const restored = await restore('--without-erasure-ledger');
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.stderr).toContain('whoever was erased after this backup comes back with it');
    await start();
    expect(await persons()).toBe(PERSONS - EARLY.length);
  });
});

function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ECLUSE_')));
}
