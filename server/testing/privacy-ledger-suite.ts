// What the privacy ledger promises, as one suite that every database runs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerCost } from '../../policies/noised-answer.ts';
import { STRICT } from '../../policies/privacy-terms.ts';
import {
  beginDraw,
  findStoredAnswer,
  getBudget,
  keepAnswer,
  refundUndrawn,
  reserve,
} from '../analyses/privacy-ledger.ts';
import type { Debit } from '../analyses/privacy-ledger-store.ts';
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
    for (const table of ['privacy_answers', 'privacy_debits', 'privacy_accounts']) await db.knex(table).delete();
  });
  afterAll(() => closeDatabase(db));
  const ledger = (at = NOW) => ({ collaborationId: COLLABORATION, terms: STRICT, now: at });
  const wish = (cost: bigint, snapshot = 'a') => ({
    tenantId: newId('ten'),
    subjectId: newId('run'),
    snapshot: snapshot.repeat(64),
    question: 'b'.repeat(64),
    cost,
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
