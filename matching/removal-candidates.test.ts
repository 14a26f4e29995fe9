// Who withdrew is found wherever it was delivered: under its own ids, as a part of a composed one, through its partner's person.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ACTIVATION_COLUMN, fillKeys, fillPairs, fillPeople, IDS } from './audience-fixture.ts';
import {
  type DeliveryRequest,
  dropSelection,
  forgetDelivered,
  recordDelivered,
  removalDelta,
} from './distribute-delta.ts';
import { seen as revealed } from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import {
  countHeld,
  dropKeyList,
  insertCandidates,
  listCandidates,
  loadKeyList,
  type PartnerReach,
  writeCandidates,
} from './removal-candidates.ts';
import { deliveredTable } from './tables.ts';

const REMOVAL = 'rmv_01jd0000000000000000000001';
const LIST = 'rmv_01jd0000000000000000000002';
const ADA = 'aa'.repeat(16);
const BEN = 'bb'.repeat(16);
const held = { removal: REMOVAL, audience: IDS.audience, destination: IDS.destination };
const request: DeliveryRequest = { delivery: REMOVAL, audience: IDS.audience, destination: IDS.destination };

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 60_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let path: string;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    path = join(opened.dataDirs[0] ?? '', 'keys.bin');
    const left = [
      { keys: [ADA], activationIds: ['1', '11'] },
      { keys: [BEN], activationIds: ['2'] },
    ];
    await fillPeople(engine, IDS.leftVersion, left);
    await fillPeople(engine, IDS.rightVersion, [{ keys: ['cc'.repeat(16)], activationIds: ['100'] }]);
    await fillKeys(engine, IDS.leftContribution, [{ keys: ['dd'.repeat(16)] }, { keys: ['ee'.repeat(16)] }]);
    await fillKeys(engine, IDS.rightContribution, [{ keys: ['dd'.repeat(16)] }]);
    await fillPairs(engine, IDS.match, [[0, 0]]);
  });
  beforeEach(async () => {
    await dropSelection(engine, REMOVAL);
    await engine.dropTable(deliveredTable(IDS.audience, IDS.destination).name);
    await engine.createTable(deliveredTable(IDS.audience, IDS.destination));
  });
  afterAll(async () => {
    await rm(path, { force: true });
    await opened.close();
  });

  async function search(key: string, partners: readonly PartnerReach[] = []): Promise<string[]> {
    await writeFile(path, Buffer.from(key, 'hex'));
    await loadKeyList(engine, { list: LIST, path });
    const persons = [{ version: IDS.leftVersion, by: 'digest', list: LIST } as const];
    await writeCandidates(engine, { removal: REMOVAL, persons, partners });
    await dropKeyList(engine, LIST);
    const found: string[] = [];
    for await (const page of listCandidates(engine, { removal: REMOVAL, pageIds: 2 })) found.push(...page);
    return found.filter((id) => !id.includes(':')).sort();
  }

  const tell = (id: string, state: number, round: number) =>
    engine.command(
      `INSERT INTO ${deliveredTable(IDS.audience, IDS.destination).name} SELECT {id:String}, toInt8(${state}), toUInt32(${round}), toUInt8(1)`,
      { id },
    );
  const takenOut = async (erase = false) => {
    const { changes } = await removalDelta(engine, { ...request, erase });
    const seen: unknown[] = [];
    for await (const page of revealed(changes)) seen.push(...page);
    return seen;
  };
  const partner = (match: string | undefined): PartnerReach => ({
    side: 'left',
    version: IDS.leftVersion,
    partnerVersion: IDS.rightVersion,
    match,
    contribution: IDS.leftContribution,
    partnerContribution: IDS.rightContribution,
  });

  test('a person is known by all of its ids, and nobody else by them', async () => {
    expect(await search(ADA)).toEqual(['1', '11']);
    expect(await search('99'.repeat(16))).toEqual([]);
  });

  test("a partner's person is found by the pair, or by an equal key once the match is stale", async () => {
    expect(await search(ADA, [partner(IDS.match)])).toEqual(['1', '100', '11']);
    expect(await search(ADA, [partner(undefined)])).toEqual(['1', '100', '11']);
    expect(await search(BEN, [partner(IDS.match)])).toEqual(['2']);
  });

  test('what the destination was told, or perhaps was, is held; what it was told to forget is not', async () => {
    await search(ADA);
    await tell('1', 1, 1);
    await tell('11', 1, 1);
    await tell('11', -1, 2);
    await tell('2', 1, 1);
    expect(await countHeld(engine, held)).toBe(1);
    await tell('11', 0, 3);
    expect(await countHeld(engine, held)).toBe(2);
    expect(await takenOut(true)).toEqual([
      { id: '1', change: 'remove', erase: true },
      { id: '11', change: 'remove', erase: true },
    ]);
  });

  test('a composed id is held when one of its parts is', async () => {
    await search(BEN);
    await tell(`3:x|${ACTIVATION_COLUMN}:2`, 1, 1);
    await tell(`${ACTIVATION_COLUMN}:22`, 1, 1);
    expect(await takenOut()).toEqual([{ id: `3:x|${ACTIVATION_COLUMN}:2`, change: 'remove' }]);
  });

  test('once confirmed it is held no more, and of an erased person no id is left', async () => {
    await search(ADA);
    await tell('1', 1, 1);
    await takenOut();
    await recordDelivered(engine, request);
    expect(await countHeld(engine, held)).toBe(0);
    await dropSelection(engine, REMOVAL);
    await tell('1', 1, 9);
    await tell('2', 1, 9);
    await takenOut();
    await forgetDelivered(engine, request);
    const left = await engine.query(`SELECT DISTINCT id FROM ${deliveredTable(IDS.audience, IDS.destination).name}`);
    expect(left).toEqual([{ id: '2' }]);
  });

  test('candidates come back from a file of strings as they were', async () => {
    await writeFile(path, Buffer.concat([Buffer.from([3]), Buffer.from('été'.slice(0, 2))]));
    await insertCandidates(engine, { removal: REMOVAL, path });
    for await (const page of listCandidates(engine, { removal: REMOVAL, pageIds: 10 })) expect(page).toEqual(['ét']);
  });
});
