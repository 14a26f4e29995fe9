// The second wall: on PostgreSQL a query without a tenant, or with another's, sees and changes nothing, whatever its SQL says.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDatabase, openDatabase } from '../../server/database/database.ts';
import { migrateUp } from '../../server/database/migrate.ts';
import { rowRuleOf } from '../../server/database/row-rules.ts';
import { asNobody, asService, asTenant } from '../../server/database/row-scope.ts';
import { assertLimitedRole, tablesOf } from '../../server/database/row-security.ts';
import { writeTransaction } from '../../server/database/write-transaction.ts';
import { play } from '../../server/testing/play.ts';
import { addDataset, prepareActivation } from '../../server/testing/stages.ts';
import { openWorld, type World } from '../../server/testing/world.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres;
let world: World;
let owner: pg.Client;
const id = (name: string) => world.names.get(name) ?? '';
const count = async (table: string) => (await world.ground.db.knex(table).select('*')).length;

beforeAll(async () => {
  postgres = await startPostgres();
  const { url: ownerUrl, serviceUrl: url } = postgres;
  world = await openWorld(['osec', 'rando', 'stranger'], { dialect: 'postgres', url, ownerUrl });
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await prepareActivation(world);
  await addDataset(world, { tenant: 'stranger', as: 'stranger.crm' });
});

afterAll(async () => {
  await owner?.end();
  await world?.close();
  await postgres?.stop();
});

describe('the role of the service', () => {
  it('owns nothing and is no superuser; the owner itself is refused', async () => {
    await expect(assertLimitedRole(world.ground.db)).resolves.toBeUndefined();
    const asOwner = openDatabase({ dialect: 'postgres', url: postgres.url });
    await expect(assertLimitedRole(asOwner)).rejects.toThrow('ECLUSE_DATABASE_OWNER_URL');
    await closeDatabase(asOwner);
  });

  it('can neither alter a table, nor rewrite the log, nor forge a migration', async () => {
    const { knex } = world.ground.db;
    for (const sql of [
      'alter table datasets disable row level security',
      'drop policy ecluse_all on datasets',
      'create table own_table (id int)',
      `update audit_leaves set leaf = '{}'`,
      'delete from audit_leaves',
      'delete from schema_migrations',
    ]) {
      await expect(
        asService(async () => knex.raw(sql)),
        sql,
      ).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('is made again without touching its password, and every table is under a rule', async () => {
    expect(await migrateUp(world.ground.db)).toEqual([]);
    const { rows } = await owner.query(
      `select relname, relrowsecurity, exists (select 1 from pg_policy where polrelid = c.oid) as ruled
       from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect(row).toMatchObject({ relrowsecurity: true, ruled: true });
  });
});

it('no table is left without saying whose its rows are', async () => {
  const tables = await tablesOf(world.ground.db.knex);
  const unsaid = [...tables.keys()].filter((table) => rowRuleOf(table, tables) === 'service');
  // The state of the service itself, and wrong guesses of a sign-in, which nobody's work but its own may see. A new table
  // that stands here needs a column that names its tenant, or a rule.
  expect(unsaid.sort()).toEqual(['service_state', 'sign_in_guesses']);
});

describe('without a tenant', () => {
  it('no table with a tenant shows a row, in or out of a transaction', async () => {
    const tables = await tablesOf(world.ground.db.knex);
    let closed = 0;
    for (const name of tables.keys()) {
      if (['open', 'public-name'].includes(rowRuleOf(name, tables))) continue;
      closed += 1;
      expect(await count(name), name).toBe(0);
      expect(await asNobody(() => count(name)), name).toBe(0);
      expect(await world.ground.db.knex.transaction(async (trx) => trx(name).select('*')), name).toEqual([]);
    }
    expect(closed).toBeGreaterThan(20);
    expect(await asService(() => count('datasets'))).toBeGreaterThan(2);
  });

  it('nothing is changed and nothing is added', async () => {
    const { knex } = world.ground.db;
    expect(await knex('datasets').update({ status: 'deleted' })).toBe(0);
    expect(await knex('api_keys').delete()).toBe(0);
    const row = { id: 'dts_x', tenant_id: id('osec'), name: 'x', schema: '{}', salt_id: 's', status: 'active' };
    const stamped = { ...row, created_at: 'now', updated_at: 'now' };
    await expect(asNobody(async () => knex('datasets').insert(stamped))).rejects.toThrow('row-level security');
  });
});

describe('as another tenant', () => {
  it('a query that forgets its tenant sees its own rows alone', async () => {
    const tenants = await asTenant(id('stranger'), async () => world.ground.db.knex('datasets').select('tenant_id'));
    expect(tenants).toEqual([{ tenant_id: id('stranger') }]);
    for (const table of ['collaborations', 'contributions', 'matches', 'segments', 'audiences', 'destinations'])
      expect(await asTenant(id('stranger'), () => count(table)), table).toBe(0);
  });

  it('a partner does not see uploads, members or API keys, nor keys that are not its own', async () => {
    const { knex } = world.ground.db;
    for (const table of ['members', 'api_keys']) {
      const rows = await asTenant(id('rando'), async () => knex(table).distinct('tenant_id'));
      expect(rows, table).toEqual([{ tenant_id: id('rando') }]);
    }
    const where = { purpose: 'tenant-match' };
    const keys = await asTenant(id('rando'), async () => knex('wrapped_keys').where(where).select('owner_id'));
    expect(keys).toEqual([{ owner_id: id('rando') }]);
    const leaves = await asTenant(id('rando'), async () => knex('audit_leaves').distinct('tenant_id'));
    expect(leaves).toEqual([{ tenant_id: id('rando') }]);
  });

  it('a change of what is not its own touches nothing, and a row for another is refused', async () => {
    const { knex } = world.ground.db;
    const changed = await asTenant(id('stranger'), async () =>
      knex('datasets')
        .where({ tenant_id: id('osec') })
        .update({ status: 'deleted' }),
    );
    expect(changed).toBe(0);
    const moved = asTenant(id('stranger'), async () => knex('datasets').update({ tenant_id: id('osec') }));
    await expect(moved).rejects.toThrow('row-level security');
  });

  it('no setting outlives its work on a pooled connection', async () => {
    await Promise.all(Array.from({ length: 30 }, () => asTenant(id('osec'), () => count('datasets'))));
    const seen = await Promise.all(Array.from({ length: 30 }, () => count('datasets')));
    expect(new Set(seen)).toEqual(new Set([0]));
    const failing = asTenant(id('osec'), () => writeTransaction(world.ground.db, (trx) => trx.raw('select 1/0')));
    await expect(failing).rejects.toThrow('division by zero');
    expect(await count('datasets')).toBe(0);
  });
});

describe('the API', () => {
  it('works as before within each caller’s rows, across the partners of a collaboration', async () => {
    await play(world, [
      {
        who: 'osec.analyst',
        does: 'POST /v1/activations',
        sending: { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' },
        gets: 201,
        leaves: 'activation.requested',
        as: 'act',
      },
      {
        who: 'osec.analyst',
        does: 'POST /v1/activations/{act}/submit',
        gets: 200,
        leaves: ['approval.requested', 'activation.preview-requested'],
      },
      {
        who: 'osec.analyst',
        does: 'POST /v1/collaborations/{col}/runs',
        sending: { analysis: 'overlap', match_id: '{mat}' },
        gets: 202,
        leaves: 'analysis.requested',
      },
      { who: 'rando.analyst', does: 'GET /v1/contributions/{osec.con}', gets: 200 },
      { who: 'stranger.analyst', does: 'GET /v1/collaborations/{col}', gets: 404 },
      { who: 'operator', does: 'GET /v1/tenants', gets: 200 },
      { who: 'nobody', does: 'GET /v1/datasets', gets: 401 },
    ]);
  });
});
