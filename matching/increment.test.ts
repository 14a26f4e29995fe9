// A version that was built upon the ones before says what a load of the same rows as a whole says, after whatever files.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { acceptedOf, contentOf, csvOf, inOrderOf, row, upserted } from './increment-fixture.ts';
import { dropDatasetVersion, type LoadOutcome } from './load.ts';
import { idOf, loadFile, TENANT_KEY, uploadOf } from './load-fixture.ts';

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
          const fresh = await loadFile(
            engine,
            uploadOf(csvOf(await inOrderOf(engine, { version, rows, tenantKey: TENANT_KEY }))),
            { version: whole },
          );
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
    { numRuns: 8, endOnFailure: true },
  );
  expect(layered).toBeGreaterThan(0);
}, 240_000);
