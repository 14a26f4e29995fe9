// Changing keys, on both engines: the same people match afterwards, the old key opens nothing, a cut leaves one whole
// state. And the engine's cipher is the kernel's.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import {
  contributeLoaded,
  digestOf,
  idOf,
  keyOf,
  loadFile,
  PEOPLE_SCHEMA,
  uploadOf,
  withScratch,
} from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { countsOf } from './match-fixture.ts';
import { rekeyParams, rekeySql } from './rekey-sql.ts';
import { abandonRotation, promoteRotation, rotateCollaborationKey, rotateTenantKey } from './rotate.ts';

const HEADER = Object.keys(PEOPLE_SCHEMA.columns).join(',');
const VERSIONS = { left: idOf('dsv', '1'), right: idOf('dsv', '2') };
const CONTRIBUTIONS = { left: idOf('con', '1'), right: idOf('con', '2') };

describe.each(ENGINE_KINDS)('on the %s engine', (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  const keys = { left: keyOf('left'), right: keyOf('right'), collaboration: keyOf('collaboration') };

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    for (const side of ['left', 'right'] as const) {
      const shift = side === 'left' ? 0 : 30;
      const rows = Array.from({ length: 100 }, (_, n) => {
        const phone = n % 3 === 0 ? digestOf(`p${n + shift}`) : '';
        return `r${n},${digestOf(`e${n + shift}`)},${phone},,,,,${n + 1},`;
      });
      const options = { version: VERSIONS[side], tenantKey: keys[side] };
      await loadFile(engine, uploadOf([HEADER, ...rows].join('\n')), options);
    }
  });
  afterAll(() => opened.close());

  async function contribute(side: 'left' | 'right'): Promise<void> {
    const request = { version: VERSIONS[side], contribution: CONTRIBUTIONS[side], types: ['email', 'phone'] as const };
    await contributeLoaded(engine, { ...request, tenantKey: keys[side], collaborationKey: keys.collaboration });
  }

  const matched = () =>
    withScratch(async (scratchDir) => {
      const request = { match: idOf('mat', '1'), ...CONTRIBUTIONS, types: ['email', 'phone'] as const, scratchDir };
      return countsOf(await matchContributions(engine, { ...request, cardinality: 'one-to-one' }));
    });

  test('the engine re-keys to the last byte as the kernel does', async () => {
    const [oldKey, newKey, digests] = [randomBytes(32), randomBytes(32), randomBytes(16 * 20)];
    const blocks = encryptBlocks(oldKey, digests).toString('hex');
    const rows = await engine.query<{ k: string }>(
      `SELECT lower(hex(${rekeySql('k')})) AS k FROM
       (SELECT number, toFixedString(unhex(substring({blocks:String}, number * 32 + 1, 32)), 16) AS k FROM numbers(20))
       ORDER BY number`,
      { ...rekeyParams({ oldKey, newKey }), blocks },
    );
    expect(rows.map(({ k }) => k).join('')).toBe(encryptBlocks(newKey, digests).toString('hex'));
  });

  test('after the tenant rotates its key its next contribution matches as before', async () => {
    await contribute('left');
    await contribute('right');
    const before = await matched();
    expect(before.matched).toBe(70);
    const newKey = keyOf('left, second');
    let committed = false;
    const commit = async () => {
      committed = true;
    };
    await rotateTenantKey(engine, { owners: [VERSIONS.left], oldKey: keys.left, newKey, commit });
    expect(committed).toBe(true);
    await contribute('left');
    expect((await matched()).matched).toBe(0);
    keys.left = newKey;
    await contribute('left');
    expect(await matched()).toEqual(before);
    const options = { previousVersion: VERSIONS.left, version: idOf('dsv', '3'), tenantKey: newKey };
    const rows = `${HEADER}\nr0,${digestOf('new')},,,,,,,\n`;
    const upserted = await loadFile(engine, uploadOf(rows), { ...options, mode: 'upsert' });
    expect(upserted.outcome).toMatchObject({ persons: 100, keysByType: { email: 100, phone: 33 } });
  });

  test('after the collaboration rotates its key its contributions match as before, and no others', async () => {
    const before = await matched();
    const newKey = keyOf('collaboration, second');
    const contributions = [CONTRIBUTIONS.left, CONTRIBUTIONS.right];
    const rotation = { oldKey: keys.collaboration, newKey, commit: async () => {} };
    await rotateCollaborationKey(engine, { contributions, ...rotation });
    expect(await matched()).toEqual(before);
    await contribute('left');
    expect((await matched()).matched).toBe(0);
    keys.collaboration = newKey;
    await contribute('left');
    expect(await matched()).toEqual(before);
  });

  test('a rotation cut before its commit is forgotten, one cut after it is ended', async () => {
    const before = await matched();
    const owners = [CONTRIBUTIONS.left, CONTRIBUTIONS.right];
    const rotation = { contributions: owners, oldKey: keys.collaboration, newKey: keyOf('third') };
    const cut = async () => {
      throw new Error('cut');
    };
    await expect(rotateCollaborationKey(engine, { ...rotation, commit: cut })).rejects.toThrow('cut');
    expect((await engine.listTables()).filter((table) => table.endsWith('_next'))).toEqual([]);
    expect(await matched()).toEqual(before);
    await abandonRotation(engine, owners);
    await promoteRotation(engine, owners);
    expect(await matched()).toEqual(before);
  });
});
