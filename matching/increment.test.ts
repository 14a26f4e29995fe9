// A version that was built upon the ones before says what a load of the same rows as a whole says, after whatever files.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { acceptedOf, contentOf, csvOf, type Row, row, storedRows } from './increment-fixture.ts';
import { dropDatasetVersion, type LoadOutcome } from './load.ts';
import { idOf, loadFile, uploadOf } from './load-fixture.ts';

const PEOPLE = 120;
let opened: TestEngine;
let engine: Engine;
let count = 0;
const nextVersion = () => idOf('dsv', `v${++count}`);

beforeAll(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
});
afterAll(() => opened.close());

const grantsOf = ({ consentClasses }: LoadOutcome) => new Map(consentClasses.map(({ id, grants }) => [id, grants]));

function upserted(rows: readonly Row[], file: readonly Row[]): Row[] {
  const accepted = acceptedOf(file);
  const replaced = new Set(accepted.map(({ id }) => id));
  return [...rows.filter(({ id }) => !replaced.has(id)), ...accepted];
}

/** The rows in the order of the persons of the version, so that persons are numbered alike. */
async function inOrderOf(version: string, rows: readonly Row[]): Promise<Row[]> {
  const probe = nextVersion();
  await loadFile(engine, uploadOf(csvOf(rows)), { version: probe });
  const keys = await engine.query<{ record: string }>(
    `SELECT lower(hex(c_0)) AS record FROM ${probe}_records ORDER BY position`,
  );
  await dropDatasetVersion(engine, probe);
  const byRecord = new Map(keys.map(({ record }, n) => [record, rows[n] as Row]));
  return (await storedRows(engine, version)).map(({ record }) => byRecord.get(record) as Row);
}

const file = fc.array(row(PEOPLE), { minLength: 1, maxLength: 7 });

test('any sequence of upserts says what one load of the rows that are left says', async () => {
  let layered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row(PEOPLE), { minLength: 110, maxLength: 130 }),
      fc.array(file, { minLength: 1, maxLength: 5 }),
      async (first, files) => {
        let version = nextVersion();
        let rows = acceptedOf(first);
        await loadFile(engine, uploadOf(csvOf(first)), { version });
        for (const added of files) {
          const next = nextVersion();
          const options = { version: next, previousVersion: version, mode: 'upsert' } as const;
          const { outcome } = await loadFile(engine, uploadOf(csvOf(added)), options);
          rows = upserted(rows, added);
          await dropDatasetVersion(engine, version);
          version = next;
          if ((await engine.layered?.find(`${version}_keys`))?.origin !== version) layered++;
          const whole = nextVersion();
          const fresh = await loadFile(engine, uploadOf(csvOf(await inOrderOf(version, rows))), { version: whole });
          const { records, persons, keysByType } = fresh.outcome;
          expect({ ...outcome }).toMatchObject({ records, persons, keysByType });
          expect(await contentOf(engine, { version, grants: grantsOf(outcome) })).toEqual(
            await contentOf(engine, { version: whole, grants: grantsOf(fresh.outcome) }),
          );
          await dropDatasetVersion(engine, whole);
        }
        await dropDatasetVersion(engine, version);
        expect(await engine.listTables()).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
  expect(layered).toBeGreaterThan(10);
}, 240_000);
