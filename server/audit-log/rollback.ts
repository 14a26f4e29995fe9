// Signing a rollback into the log: the operator of a service that was restored from an older backup says so, with the newest tree
// that is known to be lost, and the log goes on under another name. Until then no witness cosigns and nothing is released.
import { hexOf } from '../../audit/bytes.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../../audit/checkpoint.ts';
import { rootOf } from '../../audit/frontier.ts';
import { type VerifierKey, verifierKeyOf } from '../../audit/note-key.ts';
import { successorOf } from '../../audit/rollback.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { hashOf } from '../witness/witness-store.ts';
import { type AuditLog, type AuditLogGround, getAuditLog } from './audit-log.ts';
import { readFrontier } from './audit-log-store.ts';
import { WITNESS_TIMEOUT_MS } from './limits.ts';
import { currentOrigin } from './log-origin.ts';
import { storedRoot } from './stored-tree.ts';

export interface LostTree {
  readonly note: string;
  readonly size: number;
  /** Who keeps it: witnesses by their names in the policy, or the file that was given. */
  readonly keptBy: readonly string[];
}

export interface RollbackPlan {
  readonly previousOrigin: string;
  readonly origin: string;
  readonly generation: number;
  readonly restoredSize: number;
  readonly lost: LostTree;
}

/** What would be signed. Throws when nothing shows that anything was lost: a rollback is never claimed lightly. */
export async function planRollback(
  ground: AuditLogGround,
  kept: readonly { readonly name: string; readonly note: string }[],
): Promise<RollbackPlan> {
  const log = await getAuditLog(ground);
  const { origin: previousOrigin, generation } = await currentOrigin(ground.db.knex, log.signer.name);
  const key = await verifierKeyOf({ ...log.signer, name: previousOrigin });
  const { size: restoredSize } = await readFrontier(ground.db.knex);
  const seen = [...(await askAll(log, previousOrigin)), ...kept];
  const lost = await newestLost(ground, { seen, key, restoredSize });
  if (lost === undefined)
    throw new Error(
      `nothing was lost: ${seen.length === 0 ? 'no witness and no kept checkpoint tells of' : 'the log holds all of'} a later tree`,
    );
  return { previousOrigin, origin: successorOf(previousOrigin), generation: generation + 1, restoredSize, lost };
}

/** The event ends the transaction that changes the log's name, so that it is the first entry signed under the new one. */
export async function signRollback(
  ground: AuditLogGround,
  { plan, reference }: { plan: RollbackPlan; reference: string | undefined },
): Promise<string> {
  const { previousOrigin, origin, generation, restoredSize, lost } = plan;
  const root = hexOf(rootOf(await readFrontier(ground.db.knex)));
  const event = {
    actor: { kind: 'operator', id: 'command-line' },
    event: 'service.backup-restored',
    outcome: 'succeeded',
    subject: { kind: 'audit-log', id: 'log' },
  } as const;
  const facts = { previousOrigin, origin, restoredSize, lostSize: lost.size, ...(reference && { reference }) };
  const detail = { ...facts, restoredRoot: root, lost: lost.note, keptBy: [...lost.keptBy] };
  const { eventId } = await auditedTransaction(ground.db, { ...event, tenantId: null, detail }, async (tx) => {
    await tx.trx('audit_origins').insert({ generation, origin, event_id: tx.eventId });
    // Each tenant finds it among its own events too.
    for (const { id } of (await tx.trx('tenants').select('id')) as { id: string }[])
      tx.alsoRecord({ ...event, tenantId: id, detail: facts });
  });
  return eventId;
}

async function askAll({ cosigner }: AuditLog, origin: string): Promise<{ name: string; note: string }[]> {
  const asked = (cosigner?.policy.witnesses ?? []).map(async ({ name, url }) => {
    const signal = AbortSignal.timeout(WITNESS_TIMEOUT_MS);
    const answer = await fetch(`${url?.replace(/\/$/, '')}/${hashOf(origin)}/checkpoint`, { signal });
    return answer.ok ? [{ name, note: await answer.text() }] : [];
  });
  return (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

/** Only a checkpoint that the log's own key has signed shows a loss, and only one that our tree does not begin with. */
async function newestLost(
  { db }: AuditLogGround,
  of: { seen: readonly { name: string; note: string }[]; key: VerifierKey; restoredSize: number },
): Promise<LostTree | undefined> {
  let newest: { note: string; opened: OpenedCheckpoint; keptBy: string[] } | undefined;
  for (const { name, note } of of.seen) {
    const opened = await openCheckpoint(note, { verifierKeys: [of.key] }).catch(() => undefined);
    if (opened === undefined) continue;
    const isHeld =
      opened.size <= of.restoredSize && hexOf(await storedRoot(db.knex, opened.size)) === hexOf(opened.root);
    if (isHeld) continue;
    if (newest === undefined || opened.size > newest.opened.size) newest = { note, opened, keptBy: [name] };
    else if (opened.size === newest.opened.size) newest.keptBy.push(name);
  }
  return newest && { note: newest.note, size: newest.opened.size, keptBy: newest.keptBy };
}
