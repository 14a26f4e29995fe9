// Backed up, wiped, restored: the same rows, the same figures, a log that verifies. On one machine, from there into a cluster, and
// from one cluster into another, without a row changing on the way.
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actorOf, answer, jobDone } from '../../bench/demo/api.ts';
import { openRoom } from '../../bench/demo/collaborate.ts';
import { prepareFiles } from '../../bench/demo/files.ts';
import { clusterGrounds, type Grounds, machineGrounds } from '../../bench/demo/grounds.ts';
import { onboard } from '../../bench/demo/onboard.ts';
import { buildPartnerProgram } from '../../bench/demo/partner.ts';
import { logIsWhole, runCommand, startService } from '../../bench/demo/service.ts';
import { becomeOperator, foundOrganisations, type Organisation } from '../../bench/demo/tenants.ts';
import { closeDatabase } from '../../server/database/database.ts';
import { asService } from '../../server/database/row-scope.ts';
import { filesHolding } from './files-holding.ts';

const ROWS = 3_000;
const TABLES = [
  'tenants',
  'members',
  'api_keys',
  'wrapped_keys',
  'datasets',
  'contributions',
  'matches',
  'privacy_debits',
];
const SLOW = { timeout: 600_000 };

const folder = mkdtempSync(join(tmpdir(), 'ecluse-backup-'));
const at = (name: string) => join(folder, name);
const grounds: Grounds[] = [];
let machine: Grounds;
let rootKey: string;
let osec: Organisation;
let asked: { collaborationId: string; matchId: string; overlap: unknown };
let before: Awaited<ReturnType<typeof stateOf>>;

beforeAll(async () => {
  machine = machineGrounds(folder);
  grounds.push(machine);
  await buildPartnerProgram();
  const service = await startService(folder, machine);
  const tenants = await foundOrganisations(service, await becomeOperator(service), { osec: 'Osec', rando: 'Rando+' });
  osec = tenants.osec;
  const { exchange, ...files } = prepareFiles(at('partners'), ROWS);
  const crm = await onboard(service, osec, files.osec, exchange.osec.schema);
  const visitors = await onboard(service, tenants.rando, files.rando, exchange.rando.schema);
  const side = { filterAttributes: ['region'], breakdownAttributes: ['loyalty'] };
  const room = await openRoom(
    { organisation: osec, datasetId: crm.datasetId, alias: 'osec', ...side },
    {
      organisation: tenants.rando,
      datasetId: visitors.datasetId,
      alias: 'rando',
      filterAttributes: [],
      breakdownAttributes: [],
    },
  );
  asked = { ...room, overlap: await askAgain(service.url, room) };
  await service.stop();
  rootKey = readFileSync(at('ecluse-data/keys/root.key'), 'utf8').trim();
  cpSync(at('ecluse-data/erasures.ledger'), at('kept.ledger'));
  before = await stateOf(machine);
  expect(before.engine.length).toBeGreaterThan(6);
}, SLOW.timeout);

afterAll(async () => {
  await Promise.all(grounds.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Every table of the engine by its rows and a digest of them all, and what the control plane holds. */
async function stateOf(of: Grounds) {
  const engine = await of.openEngine();
  const db = of.openDatabase();
  try {
    const tables = [];
    for (const name of await engine.listTables()) {
      const sql = `SELECT count() AS n, toString(sum(cityHash64(*))) AS digest FROM ${name}`;
      const [row] = await engine.query<{ n: number; digest: string }>(sql);
      tables.push({ name, ...row });
    }
    const counts = await asService(() =>
      Promise.all(TABLES.map(async (table) => [table, (await db.knex(table).select('*')).length] as const)),
    );
    return { engine: tables, rows: Object.fromEntries(counts) };
  } finally {
    await Promise.all([engine.close(), closeDatabase(db)]);
  }
}

/** The stored answer comes back, free of charge, where key, question and snapshot are what they were. */
async function askAgain(url: string, place: { collaborationId: string; matchId: string }): Promise<unknown> {
  const { api, ...analyst } = actorOf({ url }, osec.analyst);
  const params = { path: { collaboration_id: place.collaborationId } };
  const body = { analysis: 'overlap', match_id: place.matchId } as const;
  const run = await answer('asking', api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }));
  await jobDone('asking', { api, ...analyst }, run.job_id);
  const done = await answer('reading', api.GET('/v1/runs/{run_id}', { params: { path: { run_id: run.id } } }));
  expect(done.cost.is_free).toBe(true);
  return done.result;
}

const backUp = (of: Grounds, name: string) =>
  runCommand(folder, of, ['backup', '--to', at(`${name}/data`), '--keys-to', at(`${name}/keys`)]);
/** The ledger of now is kept beside the backup, as the root key is. */
const withLedger = (of: Grounds): Grounds => ({
  ...of,
  settings: { ...of.settings, ECLUSE_ERASURE_LEDGER_FILE: at('kept.ledger') },
});
const restore = (of: Grounds, name: string) =>
  runCommand(folder, withLedger(of), ['restore', '--from', at(`${name}/data`), '--keys-from', at(`${name}/keys`)]);

async function expectWhole(of: Grounds): Promise<void> {
  expect(await stateOf(of)).toEqual(before);
  expect(await logIsWhole(folder, of)).toBe(true);
  const service = await startService(folder, { ...of, isSetUp: true });
  expect(await askAgain(service.url, asked)).toEqual(asked.overlap);
  await service.stop();
}

it('one machine: backed up, wiped and restored it is what it was', SLOW, async () => {
  expect(await backUp(machine, 'first')).toMatchObject({ code: 0 });
  expect((await backUp(machine, 'first')).stderr).toContain('not empty');
  rmSync(at('ecluse-data'), { recursive: true });
  const withKey = { ...machine, settings: { ...machine.settings, ECLUSE_ROOT_KEY_FILE: at('root.key') } };
  appendFileSync(at('root.key'), `${rootKey}\n`, { mode: 0o600 });
  const ended = await restore(withKey, 'first');
  expect(ended.code, ended.stderr).toBe(0);
  await expectWhole(withKey);
  expect((await restore(withKey, 'first')).stderr).toContain('in use');
});

it('the data hold no key, and the keys no data', SLOW, async () => {
  const wrapped = readFileSync(at('first/keys/database/wrapped_keys.ndjson'), 'utf8').trim().split('\n');
  expect(wrapped.length).toBe(before.rows.wrapped_keys);
  const secrets = wrapped.map((line) => (JSON.parse(line) as { wrapped: string }).wrapped);
  const writings = [...secrets, rootKey].map((secret) => Buffer.from(secret));
  expect(filesHolding(at('first/data'), writings).found).toEqual([]);
  expect(readdirSync(at('first/keys/database'))).toEqual(['wrapped_keys.ndjson']);
});

it('what changed since it was written, or belongs to another root key, is not restored', SLOW, async () => {
  const other = machineGrounds(at('other'));
  const settings = { ...other.settings, ECLUSE_ROOT_KEY_FILE: at('other.key') };
  appendFileSync(at('other.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
  expect((await restore({ ...other, settings }, 'first')).stderr).toContain('root key is not the one');
  const rightKey = { ...other, settings: { ...other.settings, ECLUSE_ROOT_KEY_FILE: at('root.key') } };
  appendFileSync(at('first/data/database/audit_leaves.ndjson'), '\n');
  expect((await restore(rightKey, 'first')).stderr).toContain('not what was backed up');
});

it('from the machine into a cluster, and from there into another', SLOW, async () => {
  const onMachine = { ...machine, settings: { ...machine.settings, ECLUSE_ROOT_KEY_FILE: at('root.key') } };
  before = await stateOf(onMachine);
  const saved = await backUp(onMachine, 'second');
  expect(saved.code, saved.stderr).toBe(0);
  const one = await clusterGrounds(at('one'), rootKey);
  grounds.push(one);
  const restored = await restore(one, 'second');
  expect(restored.code, restored.stderr).toBe(0);
  await expectWhole(one);
  before = await stateOf(one);
  const again = await backUp(one, 'third');
  expect(again.code, again.stderr).toBe(0);
  await one.close();
  const two = await clusterGrounds(at('two'), rootKey);
  grounds.splice(grounds.indexOf(one), 1, two);
  const last = await restore(two, 'third');
  expect(last.code, last.stderr).toBe(0);
  await expectWhole(two);
});
