// The only maker of an AuditedTransaction: every change of a store lands together with its audit event, or not at all.
import type { Knex } from 'knex';
import type { AuditDecision, AuditEvent } from '../../audit/event.ts';
import type { Decision } from '../../policies/decide.ts';
import { appendEvents } from '../audit-log/audit-log-store.ts';
import { newId } from '../ids.ts';
import { keepDecision } from '../policies/decision-questions.ts';
import type { Database } from './database.ts';
import { writeTransaction } from './write-transaction.ts';

declare const auditedBrand: unique symbol;

/** What a store's write methods ask for. */
export interface AuditedTransaction {
  readonly trx: Knex.Transaction;
  /** Of the event that this transaction ends with, for rows that point at their own proof. */
  readonly eventId: string;
  /** Records a consequence of the change: an event of its own, right after the one that this transaction ends with. */
  alsoRecord(event: AuditDraft): void;
  readonly [auditedBrand]: true;
}

/** A genuine decision in it is kept with its question, so that other policies can be asked the same. */
export type AuditDraft = Omit<AuditEvent, 'id' | 'instant' | 'decision'> & {
  readonly decision?: Decision | AuditDecision;
};

export interface Audited<T> {
  readonly result: T;
  readonly eventId: string;
}

/** Runs `work` and appends its event in one transaction; `event` may be computed from the result. */
export function auditedTransaction<T>(
  db: Database,
  event: AuditDraft | ((result: T) => AuditDraft),
  work: (tx: AuditedTransaction) => Promise<T>,
): Promise<Audited<T>> {
  return writeTransaction(db, async (trx) => {
    const eventId = newId('evt');
    const consequences: AuditDraft[] = [];
    const alsoRecord = (consequence: AuditDraft) => void consequences.push(consequence);
    const result = await work({ trx, eventId, alsoRecord } as AuditedTransaction);
    const draft = typeof event === 'function' ? event(result) : event;
    const instant = new Date().toISOString();
    const events = [await eventOf(trx, draft, { id: eventId, instant })];
    for (const one of consequences) events.push(await eventOf(trx, one, { id: newId('evt'), instant }));
    await appendEvents(trx, events);
    return { result, eventId };
  });
}

async function eventOf(
  trx: Knex.Transaction,
  { decision, ...event }: AuditDraft,
  stamp: { id: string; instant: string },
): Promise<AuditEvent> {
  if (decision === undefined) return { ...event, ...stamp };
  const kept = await keepDecision(trx, decision, { ...event, ...stamp, eventId: stamp.id });
  return { ...event, ...stamp, decision: kept };
}

/** Records an event that changes nothing else: a denial, a decision. */
export async function recordEvent(db: Database, event: AuditDraft): Promise<string> {
  const { eventId } = await auditedTransaction(db, event, async () => undefined);
  return eventId;
}
