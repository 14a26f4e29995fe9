// Who may leave and who is refused for what, on both engines: consent by class first, suppression last.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTIVATION_COLUMN, IDS } from './audience-fixture.ts';
import { type DeliverableCounts, selectDeliverable } from './distribute.ts';
import { listConsentCombinations } from './distribute-consent.ts';
import { ada, deliverableRequest, Exchange, PLAIN, seen } from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS } from './engine/test-engine.ts';
import { writeEvidence } from './evidence.ts';
import { dropSuppression } from './suppression.ts';
import { suppressionChecks } from './suppression-check.ts';
import { selectionTables } from './tables.ts';

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let exchange: Exchange;
  let engine: Engine;

  beforeAll(async () => {
    exchange = await Exchange.open(kind);
    engine = exchange.engine;
  });
  afterAll(() => exchange.close());

  test('every refused person is counted once, under its reason', async () => {
    await exchange.settle({ ...PLAIN, rightList: ['ben'] });
    const counts = await selectDeliverable(engine, deliverableRequest(PLAIN, IDS.delivery));
    expect(JSON.stringify(counts)).toBe('"[unreleased]"');
    expect(seen(counts)).toEqual<DeliverableCounts>({
      persons: 5,
      consented: 4,
      refused: { consent_purpose: 1, suppressed: 1, activation_id_missing: 1, activation_id_of_refused_person: 1 },
      deliverable: 1,
      ids: 1,
    });
  });

  test('several columns leave as one id of each person, without what a refused person has too', async () => {
    await exchange.settle({ ...PLAIN, rightList: ['ben'] });
    const request = { ...deliverableRequest(PLAIN, IDS.delivery), composedColumns: [ACTIVATION_COLUMN, 9] };
    expect(seen(await selectDeliverable(engine, request))).toMatchObject({ deliverable: 1, ids: 1 });
    const rows = await engine.query<{ id: string }>(`SELECT id FROM ${selectionTables(IDS.delivery).ids.name}`);
    expect(rows).toEqual([{ id: `${ACTIVATION_COLUMN}:10|${ACTIVATION_COLUMN}:11` }]);
  });

  test('a combination of classes that nobody decided is refused', async () => {
    await exchange.settle(PLAIN);
    const { verdicts, ...rest } = deliverableRequest(PLAIN, IDS.delivery);
    const counts = await selectDeliverable(engine, {
      ...rest,
      verdicts: verdicts.filter(({ consentClass }) => consentClass !== 0),
    });
    expect(seen(counts)).toMatchObject({ consented: 0, refused: { consent_missing: 4, consent_purpose: 1 }, ids: 0 });
  });

  test('classes are listed once, with the evidence beside them where there is any', async () => {
    await exchange.settle(PLAIN);
    const people = { side: 'left', version: IDS.leftVersion } as const;
    expect(await listConsentCombinations(engine, people)).toEqual([
      { consentClass: 0, evidence: 0 },
      { consentClass: 1, evidence: 0 },
    ]);
    await withEvidence([[0, 7]]);
    expect(await listConsentCombinations(engine, { ...people, evidenceOf: IDS.delivery })).toEqual([
      { consentClass: 0, evidence: 0 },
      { consentClass: 0, evidence: 7 },
      { consentClass: 1, evidence: 0 },
    ]);
  });

  test('evidence refuses a person whose class allows, and nobody else of that class', async () => {
    await exchange.settle(PLAIN);
    await withEvidence([[1, 7]]);
    const { verdicts, ...rest } = deliverableRequest(PLAIN, IDS.delivery);
    const refusal = 'consent_withdrawn' as const;
    const withdrawn = { side: 'left', consentClass: 0, evidence: 7, refusal } as const;
    const counts = await selectDeliverable(engine, { ...rest, verdicts: [...verdicts, withdrawn], evidence: ['left'] });
    expect(seen(counts)).toMatchObject({ consented: 3, refused: { consent_withdrawn: 1, consent_purpose: 1 } });
  });

  async function withEvidence(classes: readonly (readonly [number, number])[]): Promise<void> {
    const scratchDir = exchange.scratchDir;
    await writeEvidence(engine, { selection: IDS.delivery, side: 'left', classes: new Map(classes), scratchDir });
  }

  test('over an own dataset the tenant’s own lists and classes decide', async () => {
    await exchange.settle({ ...PLAIN, leftList: ['ben'] });
    const counts = await selectDeliverable(engine, {
      selection: IDS.delivery,
      audience: IDS.audience,
      people: { left: IDS.leftVersion },
      deliveredSide: 'left',
      activationColumn: ACTIVATION_COLUMN,
      verdicts: [
        { side: 'left', consentClass: 0, evidence: 0, refusal: undefined },
        { side: 'left', consentClass: 1, evidence: 0, refusal: 'consent_expired' },
      ],
      suppressions: suppressionChecks([{ side: 'left', version: IDS.leftVersion, lists: [IDS.list] }]),
    });
    expect(seen(counts)).toMatchObject({
      consented: 4,
      refused: { suppressed: 1, consent_expired: 1 },
      deliverable: 1,
    });
  });

  test('a person with several ids leaves once', async () => {
    const world = { ...PLAIN, left: [ada], right: [ada], members: [[0, 0]] as const };
    await exchange.settle(world);
    expect(seen(await selectDeliverable(engine, deliverableRequest(world, IDS.delivery)))).toMatchObject({
      deliverable: 1,
      ids: 1,
    });
  });

  test('with no list and with empty lists everybody who consented is kept', async () => {
    await exchange.settle({
      ...PLAIN,
      members: [
        [0, 0],
        [1, 1],
      ],
    });
    for (const suppressions of [[], deliverableRequest(PLAIN, IDS.delivery).suppressions]) {
      const counts = await selectDeliverable(engine, { ...deliverableRequest(PLAIN, IDS.delivery), suppressions });
      expect(seen(counts)).toMatchObject({ persons: 2, refused: {}, deliverable: 2, ids: 2 });
    }
  });

  test('a missing list stops the selection', async () => {
    await exchange.settle(PLAIN);
    await dropSuppression(engine, IDS.otherList);
    await expect(selectDeliverable(engine, deliverableRequest(PLAIN, IDS.delivery))).rejects.toMatchObject({
      code: 'table_missing',
    });
  });
});
