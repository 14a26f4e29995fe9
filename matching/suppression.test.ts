// Suppression lists: re-keyed like any key, in a collaboration too, and never NULL, so that no list keeps or drops everybody.

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillKeys, fillPeople, IDS } from './audience-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { addSuppressions, contributeSuppression, dropSuppression } from './suppression.ts';
import { suppressedPersonsSql, suppressionChecks } from './suppression-check.ts';
import { contributedSuppressionTable, suppressionTable } from './tables.ts';

const TENANT_KEY = Buffer.alloc(32, 1);
const COLLABORATION_KEY = Buffer.alloc(32, 2);

function digest(person: string): string {
  return createHash('sha256').update(`salt:email:${person}`).digest('hex');
}

function matchKey(key: Buffer, person: string): string {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return cipher.update(digest(person).slice(0, 32), 'hex', 'hex');
}

const PEOPLE = ['ada', 'ben', 'cleo'];

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 60_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let scratchDir: string;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    scratchDir = await mkdtemp(join(tmpdir(), 'ecluse-suppression-'));
    const people = (key: Buffer) => PEOPLE.map((person) => ({ keys: [matchKey(key, person)] }));
    await fillPeople(engine, IDS.leftVersion, people(TENANT_KEY));
    await fillKeys(engine, IDS.leftContribution, people(COLLABORATION_KEY));
  });
  beforeEach(() => dropSuppression(engine, IDS.list));
  afterAll(async () => {
    await opened.close();
    await rm(scratchDir, { recursive: true, force: true });
  });

  const add = (digests: Iterable<string>) =>
    addSuppressions(engine, { list: IDS.list, tenantKey: TENANT_KEY, digests, scratchDir });
  const contribute = () =>
    contributeSuppression(engine, {
      list: IDS.list,
      collaboration: IDS.collaboration,
      tenantKey: TENANT_KEY,
      collaborationKey: COLLABORATION_KEY,
    });
  const [ownCheck, carriedCheck] = suppressionChecks(
    [{ side: 'left', version: IDS.leftVersion, contribution: IDS.leftContribution, lists: [IDS.list] }],
    IDS.collaboration,
  );
  if (ownCheck === undefined || carriedCheck === undefined) throw new Error('two checks were expected');

  async function suppressed(check = ownCheck): Promise<(string | undefined)[]> {
    if (check === undefined) return [];
    const rows = await engine.query<{ person: number }>(suppressedPersonsSql(check));
    return rows.map(({ person }) => PEOPLE[person]).sort();
  }

  test('a digest on the list suppresses its person and nobody else', async () => {
    await add([digest('ben'), digest('nobody')]);
    expect(await suppressed()).toEqual(['ben']);
  });

  test('a list carried into a collaboration suppresses the same person there', async () => {
    await add([digest('ben')]);
    await contribute();
    expect(await suppressed(carriedCheck)).toEqual(['ben']);
  });

  test('what is added later is carried over by contributing again, once', async () => {
    await add([digest('ben'), digest('ben')]);
    await contribute();
    await add([digest('cleo')]);
    await contribute();
    expect(await suppressed(carriedCheck)).toEqual(['ben', 'cleo']);
    const name = contributedSuppressionTable(IDS.list, IDS.collaboration).name;
    expect(await engine.query(`SELECT count() AS n FROM ${name}`)).toEqual([{ n: 2 }]);
  });

  test('an empty list suppresses nobody', async () => {
    expect(await add([])).toEqual({ received: 0, accepted: 0, rejected: { digest_malformed: 0, digest_uppercase: 0 } });
    await contribute();
    expect(await suppressed()).toEqual([]);
    expect(await suppressed(carriedCheck)).toEqual([]);
  });

  test('a list cannot hold NULL, and what a NULL becomes suppresses nobody', async () => {
    await add([digest('ben')]);
    const { name, columns } = suppressionTable(IDS.list);
    expect(columns.match_key).not.toContain('Nullable');
    await engine.command(`INSERT INTO ${name} SELECT CAST(NULL, 'Nullable(FixedString(16))')`).catch(() => undefined);
    expect(await engine.query(`SELECT countIf(match_key IS NULL) AS n FROM ${name}`)).toEqual([{ n: 0 }]);
    expect(await suppressed()).toEqual(['ben']);
  });

  test('a list that is not there fails rather than suppressing nobody', async () => {
    await expect(suppressed()).rejects.toMatchObject({ code: 'table_missing' });
  });

  test('what is no digest is counted, never kept', async () => {
    const outcome = await add([
      digest('ada'),
      digest('ben').toUpperCase(),
      'ben@example.com',
      '',
      digest('cleo').slice(1),
    ]);
    expect(outcome).toEqual({ received: 4, accepted: 1, rejected: { digest_malformed: 2, digest_uppercase: 1 } });
    expect(await suppressed()).toEqual(['ada']);
    expect(await readdir(scratchDir)).toEqual([]);
  });

  test('a dropped list leaves no table, in no collaboration', async () => {
    await add([digest('ada')]);
    await contribute();
    await dropSuppression(engine, IDS.list);
    expect((await engine.listTables()).filter((name) => name.includes(IDS.list))).toEqual([]);
  });
});
