// What the privacy ledger promises, as one suite that every database runs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerCost } from '../../policies/noised-answer.ts';
import { openLedger } from '../../policies/privacy-budget.ts';
import { type PrivacyTerms, STRICT } from '../../policies/privacy-terms.ts';
import type { LedgerDataset } from '../analyses/dataset-budget.ts';
import {
  beginDraw,
  findStoredAnswer,
  getBudget,
  keepAnswer,
  type LedgerQuestion,
  refundUndrawn,
  reserve,
} from '../analyses/privacy-ledger.ts';
import type { Debit } from '../analyses/privacy-ledger-store.ts';
import { countReleases, forgetRelease, recordRelease } from '../analyses/releases.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { closeDatabase, type Database } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { newId } from '../ids.ts';

const EVENT: AuditDraft = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
};
const NOW = '2026-06-01T08:00:00.000Z';
const COLLABORATION = newId('col');
const ANSWER = { metrics: [] };
const TABLES = ['releases', 'privacy_debit_datasets', 'privacy_answers', 'privacy_debits', 'privacy_accounts'];
const COUNT = answerCost(
  [{ name: 'persons', unit: 'persons', scale: 1, sensitivityL2Squared: { num: 1n, den: 1n } }],
  STRICT,
);

/** `racers` callers want the last unit, `atOnce` of them at the same time: a pool of connections lets nobody wait for ever. */
export function privacyLedgerSuite(
  open: () => Promise<Database>,
  { racers, atOnce }: { racers: number; atOnce: number },
): void {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    await migrateUp(db);
  });
  beforeEach(async () => {
    for (const table of TABLES) await db.knex(table).delete();
  });
  afterAll(() => closeDatabase(db));
  const ledger = (at = NOW) => ({ collaborationId: COLLABORATION, terms: STRICT, now: at, datasets: [] });
  const wish = (cost: bigint, snapshot = 'a') => ({
    tenantId: newId('ten'),
    subjectId: newId('run'),
    snapshot: snapshot.repeat(64),
    question: 'b'.repeat(64),
    cost,
    isRelease: false,
  });
  const write = async <T>(work: (tx: AuditedTransaction) => Promise<T>) =>
    (await auditedTransaction(db, EVENT, work)).result;
  const reserved = async (cost: bigint, at = NOW, snapshot = 'a'): Promise<Debit> => {
    const reservation = await write((tx) => reserve(tx, ledger(at), wish(cost, snapshot)));
    if (!reservation.ok) throw new Error('nothing is left');
    return reservation.debit;
  };
  const left = async (at = NOW) => (await getBudget(db.knex, ledger(at))).left;

  describe('a reservation', () => {
    test('takes its cost from what is left, on whatever snapshot it is spent', async () => {
      const { whole } = await getBudget(db.knex, ledger());
      await reserved(COUNT, NOW, 'a');
      await reserved(COUNT, NOW, 'c');
      expect(await left()).toBe(whole - 2n * COUNT);
    });

    test('is refused as a whole when a single 10⁻¹² is missing', async () => {
      const whole = await left();
      await reserved(whole - COUNT + 1n);
      expect(await write((tx) => reserve(tx, ledger(), wish(COUNT)))).toEqual({ ok: false, left: COUNT - 1n });
      await reserved(COUNT - 1n);
      expect(await left()).toBe(0n);
    });

    test('is free again when the period has passed, and not a day earlier', async () => {
      const whole = await left();
      await reserved(whole);
      expect(await left('2026-06-30T08:00:00.000Z')).toBe(0n);
      expect(await left('2026-07-01T08:00:00.001Z')).toBe(whole);
    });

    test(`of the last unit succeeds for exactly one of ${racers.toLocaleString('en')} who want it at once`, async () => {
      await reserved((await left()) - COUNT);
      const race = () =>
        write(async (tx) => {
          const reservation = await reserve(tx, ledger(), wish(COUNT));
          if (!reservation.ok) throw new Refused();
          return reservation;
        }).catch((error) => (error instanceof Refused ? 'refused' : error));
      const races: unknown[] = [];
      while (races.length < racers) races.push(...(await Promise.all(Array.from({ length: atOnce }, race))));
      expect(races.filter((race) => race !== 'refused')).toEqual([expect.objectContaining({ ok: true })]);
      expect(await left()).toBe(0n);
    }, 300_000);
  });

  describe('a second collaboration', () => {
    const [victim, partner, stranger] = [newId('ten'), newId('ten'), newId('ten')];
    const dataset = { datasetId: newId('dts'), tenantId: victim, partners: [partner] };
    const other = { datasetId: newId('dts'), tenantId: victim, partners: [partner] };
    const within = (datasets: readonly LedgerDataset[], terms: PrivacyTerms = STRICT, at = NOW): LedgerQuestion => ({
      collaborationId: newId('col'),
      terms,
      now: at,
      datasets,
    });
    const take = (question: LedgerQuestion, cost: bigint) => write((tx) => reserve(tx, question, wish(cost)));
    const leftOf = async (question: LedgerQuestion) => (await getBudget(db.knex, question)).left;
    const whole = openLedger(STRICT).budget;

    test('over the same dataset with the same partner has no second budget', async () => {
      await take(within([dataset]), whole - COUNT);
      const second = within([dataset]);
      expect(await leftOf(second)).toBe(COUNT);
      expect((await take(second, COUNT)).ok).toBe(true);
      expect(await take(within([dataset]), 1n)).toEqual({ ok: false, left: 0n });
    });

    test('over another dataset, or with another partner, has one of its own', async () => {
      await take(within([dataset]), whole);
      expect(await leftOf(within([other]))).toBe(whole);
      expect(await leftOf(within([{ ...dataset, partners: [stranger] }]))).toBe(whole);
      expect(await leftOf(within([other, dataset]))).toBe(0n);
    });

    test('under laxer terms is held to the stricter ones and to the longer period', async () => {
      const lax: PrivacyTerms = { ...STRICT, preset: 'custom', epsilon: 10, periodDays: 1 };
      await take(within([dataset]), COUNT);
      expect(await leftOf(within([dataset], lax))).toBe(whole - COUNT);
      expect(await leftOf(within([dataset], lax, '2026-06-30T08:00:00.000Z'))).toBe(whole - COUNT);
      expect(await leftOf(within([other], lax))).toBe(openLedger(lax).budget);
    });

    test('gets back what was given back', async () => {
      const reservation = await take(within([dataset]), COUNT);
      const subjectId = reservation.ok ? reservation.debit.subjectId : '';
      await write((tx) => refundUndrawn(tx, subjectId, NOW));
      expect(await leftOf(within([dataset]))).toBe(whole);
    });
  });

  describe('releases', () => {
    const [one, two, three] = [newId('ten'), newId('ten'), newId('ten')];
    const release = (tenants: readonly string[], at = NOW) =>
      write((tx) => recordRelease(tx, { subjectId: newId('run'), tenants, at }));
    const counted = (tenants: readonly string[], now = NOW) => countReleases(db.knex, { tenants, now });

    test('are counted for each pair of tenants, and the most of them count', async () => {
      await release([one, two]);
      await release([two, one, three]);
      expect(await counted([one, two])).toBe(2);
      expect(await counted([three, one])).toBe(1);
      expect(await counted([three, two, one])).toBe(2);
      expect(await counted([one])).toBe(0);
    });

    test('count for 24 hours, once each, and not when they came to nothing', async () => {
      const subjectId = newId('run');
      for (let time = 0; time < 2; time += 1) {
        await write((tx) => recordRelease(tx, { subjectId, tenants: [one, two], at: NOW }));
      }
      expect(await counted([one, two], '2026-06-02T07:59:59.999Z')).toBe(1);
      expect(await counted([one, two], '2026-06-02T08:00:00.000Z')).toBe(0);
      expect(await countReleases(db.knex, { tenants: [one, two], now: NOW, leavingOut: subjectId })).toBe(0);
      await write((tx) => forgetRelease(tx, subjectId));
      expect(await counted([one, two])).toBe(0);
    });
  });

  describe('a debit', () => {
    test('is given back as long as nothing was drawn under it', async () => {
      const whole = await left();
      const { subjectId } = await reserved(COUNT);
      expect(await write((tx) => refundUndrawn(tx, subjectId, NOW))).toBe(true);
      expect(await left()).toBe(whole);
      expect(await write((tx) => refundUndrawn(tx, subjectId, NOW))).toBe(false);
    });

    test('is drawn under once, and is spent from then on', async () => {
      const debit = await reserved(COUNT);
      expect(await write((tx) => beginDraw(tx, debit.id, NOW))).toBe(true);
      expect(await write((tx) => beginDraw(tx, debit.id, NOW))).toBe(false);
      expect(await write((tx) => refundUndrawn(tx, debit.subjectId, NOW))).toBe(false);
    });

    test('must have been drawn under before it has an answer, and has one', async () => {
      const debit = await reserved(COUNT);
      const keep = () => write((tx) => keepAnswer(tx, debit, { answer: ANSWER, at: NOW }));
      await expect(keep()).rejects.toThrow('without a debit');
      expect(await findStoredAnswer(db.knex, debit)).toBeUndefined();
      await write((tx) => beginDraw(tx, debit.id, NOW));
      await keep();
      expect(await findStoredAnswer(db.knex, debit)).toEqual(ANSWER);
      await expect(keep()).rejects.toThrow('without a debit');
      expect(await findStoredAnswer(db.knex, { ...debit, snapshot: 'c'.repeat(64) })).toBeUndefined();
    });
  });
}

class Refused extends Error {}
