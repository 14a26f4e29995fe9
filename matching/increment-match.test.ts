// Whatever happens to two datasets one after another, the next match has the pairs, and its audience the persons, of a match of
// the rows that are left, loaded afresh.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateAudience } from './audience.ts';
import { contributeDataset, dropContribution } from './contribute.ts';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { dropErasureTables } from './erase/erasure-tables.ts';
import { eraseFoundPersons, findPersonsToErase } from './erase.ts';
import {
  acceptedOf,
  csvOf,
  inOrderOf,
  placesOf,
  type Row,
  row,
  rowsByRecord,
  storedRows,
  upserted,
} from './increment-fixture.ts';
import { dropDatasetVersion } from './load.ts';
import { idOf, keyOf, loadFile, PEOPLE_SCHEMA, uploadOf, withScratch } from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { countsOf } from './match-fixture.ts';
import { rotateTenantKey } from './rotate.ts';
import { parseSegment } from './segment-parser.ts';
import { attributeColumns } from './tables.ts';

const PEOPLE = 110;
const TYPES = ['email', 'phone'] as const;
const COLLABORATION_KEY = keyOf('collaboration');
const SEGMENT = 'left.activity IN ("hiking", "chess") EXCEPT right.member';

let opened: TestEngine;
let engine: Engine;
let count = 0;
const next = (prefix: string) => idOf(prefix, `m${++count}`);

beforeAll(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
});
afterAll(() => opened.close());

class Side {
  tenantKey: Uint8Array;
  rows: Row[] = [];
  version = next('dsv');
  contribution = next('con');

  constructor(name: string) {
    this.tenantKey = keyOf(name);
  }

  async replace(rows: readonly Row[]): Promise<void> {
    await dropDatasetVersion(engine, this.version);
    await loadFile(engine, uploadOf(csvOf(rows)), { version: this.version, tenantKey: this.tenantKey });
    this.rows = acceptedOf(rows);
    await this.contribute(undefined);
  }

  async change(mode: 'upsert' | 'delete', rows: readonly Row[]): Promise<void> {
    const before = { version: this.version, contribution: this.contribution };
    this.version = next('dsv');
    const options = { version: this.version, previousVersion: before.version, tenantKey: this.tenantKey };
    const file = mode === 'upsert' ? csvOf(rows) : `id\n${rows.map(({ id }) => `r${id}\n`).join('')}`;
    await loadFile(engine, uploadOf(file), { ...options, mode });
    const named = new Set(rows.map(({ id }) => id));
    this.rows = mode === 'upsert' ? upserted(this.rows, rows) : this.rows.filter(({ id }) => !named.has(id));
    this.contribution = next('con');
    await this.contribute(before);
    await dropContribution(engine, before.contribution);
    await dropDatasetVersion(engine, before.version);
  }

  async contribute(previous: { version: string; contribution: string } | undefined): Promise<void> {
    const { version, contribution, tenantKey } = this;
    const keys = { tenantKey, collaborationKey: COLLABORATION_KEY };
    await withScratch((scratchDir) =>
      contributeDataset(engine, { version, contribution, types: TYPES, ...keys, previous, scratchDir }),
    );
  }

  async rotate(): Promise<void> {
    const newKey = keyOf(`later ${++count}`);
    await rotateTenantKey(engine, {
      owners: [this.version],
      oldKey: this.tenantKey,
      newKey,
      commit: async () => {},
    });
    this.tenantKey = newKey;
  }

  async erase(which: number): Promise<void> {
    const stored = await storedRows(engine, this.version);
    const named = stored[which % stored.length];
    if (named === undefined) return;
    const byRecord = await rowsByRecord(engine, this.rows, this.tenantKey);
    const gone = stored.filter(({ person }) => person === named.person).map(({ record }) => byRecord.get(record)?.id);
    const dataset = idOf('dts', '1');
    const { version, contribution } = this;
    const scope = {
      erasure: next('del'),
      versions: [{ version, dataset, recordIdPlace: 0 }],
      contributions: [{ contribution, version }],
      ...{ matches: [], audiences: [], suppressionLists: [], untold: [] },
    };
    const key = Buffer.from(named.record, 'hex');
    await withScratch((scratchDir) =>
      findPersonsToErase(engine, { scope, named: [{ key, dataset }], maxPersons: 99, scratchDir }),
    );
    await eraseFoundPersons(engine, scope);
    await dropErasureTables(engine, scope.erasure);
    this.rows = this.rows.filter(({ id }) => !gone.includes(id));
  }

  /** The same rows, loaded afresh. */
  async afresh(): Promise<Side> {
    const side = new Side('fresh');
    side.tenantKey = this.tenantKey;
    await side.replace(await inOrderOf(engine, this));
    return side;
  }

  async drop(): Promise<void> {
    await dropContribution(engine, this.contribution);
    await dropDatasetVersion(engine, this.version);
  }
}

async function outcomeOf(left: Side, right: Side, cardinality: 'one-to-one' | 'many'): Promise<unknown> {
  const [match, audience] = [next('mat'), next('aud')];
  const sides = { left: left.contribution, right: right.contribution };
  const counts = countsOf(
    await withScratch((scratchDir) =>
      matchContributions(engine, { match, ...sides, types: TYPES, cardinality, scratchDir }),
    ),
  );
  const attributes = attributeColumns(PEOPLE_SCHEMA);
  const sources = [
    { alias: 'left', version: left.version, side: 'left', attributes },
    { alias: 'right', version: right.version, side: 'right', attributes },
  ] as const;
  await evaluateAudience(engine, { audience, segment: parseSegment(SEGMENT), sources, match });
  const places = { left: await placesOf(engine, left.version), right: await placesOf(engine, right.version) };
  const pairsOf = async (table: string, type: string) => {
    const rows = await engine.query<{ l: number; r: number; t: number }>(
      `SELECT left_person AS l, right_person AS r, ${type} AS t FROM ${table}`,
    );
    return rows.map(({ l, r, t }) => `${places.left.get(l)}-${places.right.get(r)}-${t}`).sort();
  };
  const outcome = {
    counts,
    pairs: await pairsOf(`${match}_pairs`, 'type'),
    members: await pairsOf(`${audience}_members`, '0'),
  };
  for (const table of [`${match}_pairs`, `${audience}_members`]) await engine.dropTable(table);
  return outcome;
}

const file = fc.array(row(PEOPLE), { minLength: 1, maxLength: 6 });
const step = fc.record({
  side: fc.constantFrom('left', 'right'),
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('upsert') },
    { weight: 1, arbitrary: fc.constantFrom('delete', 'erase', 'rotate', 'replace') },
  ),
  rows: file,
  which: fc.nat(1000),
});

test('any sequence of upserts, deletes, erasures, rotations and replacements', async () => {
  let layered = 0;
  const whole = fc.array(row(PEOPLE), { minLength: 100, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(whole, whole),
      fc.array(step, { minLength: 2, maxLength: 5 }),
      fc.constantFrom('one-to-one', 'many'),
      async (first, steps, cardinality) => {
        const sides = { left: new Side('left'), right: new Side('right') };
        await sides.left.replace(first[0]);
        await sides.right.replace(first[1]);
        await outcomeOf(sides.left, sides.right, cardinality);
        for (const { side: name, kind, rows, which } of steps) {
          const side = sides[name];
          if (kind === 'upsert' || kind === 'delete') await side.change(kind, rows);
          else if (kind === 'erase') await side.erase(which);
          else if (kind === 'rotate') await side.rotate();
          else await side.replace([...side.rows, ...rows].slice(rows.length));
          if ((await engine.layered?.find(`${side.contribution}_keys`))?.origin !== side.contribution) layered++;
          const fresh = { left: await sides.left.afresh(), right: await sides.right.afresh() };
          expect(await outcomeOf(sides.left, sides.right, cardinality)).toEqual(
            await outcomeOf(fresh.left, fresh.right, cardinality),
          );
          await fresh.left.drop();
          await fresh.right.drop();
        }
        await sides.left.drop();
        await sides.right.drop();
        expect(await engine.listTables()).toEqual([]);
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
  expect(layered).toBeGreaterThan(0);
}, 400_000);
