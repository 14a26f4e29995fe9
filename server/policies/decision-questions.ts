// The questions of recorded decisions: kept in the transaction of the event, read to try other policies on what was decided.
import type { Knex } from 'knex';
import type { AuditDecision } from '../../audit/event.ts';
import { type Decision, questionOf } from '../../policies/decide.ts';
import { isDecision } from '../../policies/decision.ts';
import type { PastDecision } from '../../policies/history.ts';
import { asService } from '../database/row-scope.ts';
import { MAX_PAST_DECISIONS } from './limits.ts';
import { keepPolicySet } from './policy-set-store.ts';

export interface PastRow {
  event_id: string;
  tenant_id: string | null;
  gate: string;
  event: string;
  subject_kind: string;
  subject_id: string;
  outcome: 'allow' | 'deny';
  question: string;
  instant: string;
}

export interface RecordedOccasion {
  readonly eventId: string;
  readonly tenantId: string | null;
  readonly event: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly instant: string;
}

/** Keeps the policies that decided and, of a decision made just now, its question. Returns the decision as the event holds it. */
export async function keepDecision(
  trx: Knex,
  decision: Decision | AuditDecision,
  occasion: RecordedOccasion,
): Promise<AuditDecision> {
  await keepPolicySet(trx, decision.policySetHash, occasion.instant);
  const { policies, reasons, policySetHash } = decision;
  if (isDecision(decision)) await keepQuestion(trx, decision, occasion);
  return { policies, reasons, policySetHash };
}

async function keepQuestion(trx: Knex, decision: Decision, occasion: RecordedOccasion): Promise<void> {
  const question = questionOf(decision);
  if (question === undefined) return;
  await trx<PastRow>('decision_questions').insert({
    event_id: occasion.eventId,
    tenant_id: occasion.tenantId,
    gate: decision.action,
    event: occasion.event,
    subject_kind: occasion.subject.kind,
    subject_id: occasion.subject.id,
    outcome: decision.outcome,
    question: JSON.stringify(question),
    instant: occasion.instant,
  });
}

/** Rows read at once: a page takes this process some milliseconds. */
const PAGE_DECISIONS = 500;

/** The newest first, as they lie: of the whole service, or of the gates that the policies of a tenant may bind. */
export async function* pastDecisionPages(knex: Knex, tenantId: string | null): AsyncGenerator<PastRow[]> {
  let last: string | undefined;
  for (let read = 0; read < MAX_PAST_DECISIONS; read += PAGE_DECISIONS) {
    const rows: PastRow[] = await asService(async () => {
      const query = knex<PastRow>('decision_questions').orderBy('event_id', 'desc').limit(PAGE_DECISIONS);
      // Access is bound by the service's policies alone.
      if (tenantId !== null) query.whereIn('gate', ['audience:release', 'aggregate:release']);
      if (last !== undefined) query.where('event_id', '<', last);
      return query;
    });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_DECISIONS) return;
    last = rows.at(-1)?.event_id;
  }
}

export function pastDecision(row: PastRow): PastDecision {
  return {
    eventId: row.event_id,
    tenantId: row.tenant_id,
    instant: row.instant,
    event: row.event,
    subject: { kind: row.subject_kind, id: row.subject_id },
    outcome: row.outcome,
    question: JSON.parse(row.question),
  };
}
