// A consent string that runs out takes its persons out at destinations without a delivery, once, and nobody else.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeTcString } from '../../matching/consent-strings/testing/tc-string-writer.ts';
import { sweep } from '../sweep/sweep.ts';
import { Chamber, PERSONS, VENDOR } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const agreed = (created: string) =>
  writeTcString({ created, consents: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], vendorConsents: [VENDOR] });

let chamber: Chamber;
beforeAll(async () => {
  // Silent, agreed until 15 July 2026, agreed until 15 January 2027.
  const cells = ['', agreed('2025-06-15T00:00:00Z'), agreed('2025-12-15T00:00:00Z')];
  chamber = await Chamber.open({ kind: 'tcf', cells });
  await chamber.load((person) => (person < 10 ? 1 : 2));
  await chamber.activate();
});
afterAll(() => chamber?.close());

const removals = async () => {
  const path = `GET /v1/removals?request_id=${chamber.id('crm')}`;
  return (await chamber.call('compliance-officer', path)).items;
};

async function dayOf(instant: string): Promise<void> {
  chamber.world.clock.moveTo(instant);
  await sweep(chamber.world.ground);
  await chamber.settle();
}

test('on the day after, those whose string ended are taken out, with a clock and a receipt', async () => {
  expect((await chamber.deliver()).report.sent).toEqual({ added: PERSONS, removed: 0 });
  await dayOf('2026-07-14T08:00:00.000Z');
  expect(chamber.held()).toHaveLength(PERSONS);
  expect(await removals()).toEqual([]);
  await dayOf('2026-07-16T08:00:00.000Z');
  expect(chamber.held()).toHaveLength(PERSONS - 10);
  expect(chamber.held()).not.toContain('id-3');
  expect(await removals()).toMatchObject([
    { status: 'confirmed', reason: 'expired', removed: 10, receipt_event_id: expect.any(String) },
  ]);
});

test('once: the next look finds nothing new, and the next delivery does not bring them back', async () => {
  await dayOf('2026-07-18T08:00:00.000Z');
  expect(await removals()).toHaveLength(1);
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 0 });
  expect(chamber.held()).toHaveLength(PERSONS - 10);
});
