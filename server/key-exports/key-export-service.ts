// Asking for an export of keys, and collecting it once a second person of every tenant concerned approved these keys for this recipient.
import type { Knex } from 'knex';
import { accessDecided } from '../approvals/access-decided.ts';
import { approvals } from '../approvals/approval.ts';
import { changesBetween } from '../approvals/changes.ts';
import { approvalRequested, areAllApproved, requestApproval } from '../approvals/request-approval.ts';
import { hashOf, type Shown } from '../approvals/shown.ts';
import type { ApprovableKind } from '../approvals/subjects.ts';
import { instantAfter, instantOf } from '../clock.ts';
import { acceptedMembers, assertAcceptedMember } from '../collaborations/collaboration.ts';
import { getVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { collaborationKey, tenantKey } from '../keys/key-ring.ts';
import { listWrappedKeys } from '../keys/key-store.ts';
import {
  assertPublicKey,
  COLLECT_WITHIN_MS,
  type ExportedKeyName,
  fingerprintOf,
  type KeyExport,
  keyExports,
  sealBundle,
} from './key-export.ts';

export interface KeyExportWish {
  readonly reason: string;
  readonly recipientPublicKey: string;
  readonly collaborationId: string | null;
}

export async function requestKeyExport(ground: Ground, caller: TenantCaller, wish: KeyExportWish): Promise<KeyExport> {
  await assertPublicKey(wish.recipientPublicKey);
  const tenantIds = await tenantsConcerned(ground, caller, wish.collaborationId);
  const id = newId('exp');
  const event = {
    ...byCaller(caller),
    event: 'key-export.requested',
    outcome: 'succeeded',
    subject: { kind: 'key-export', id },
    detail: { recipient: fingerprintOf(wish.recipientPublicKey), collaboration: wish.collaborationId },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const keys = await namesOfKeys(tx.trx, { tenantId: caller.tenantId, collaborationId: wish.collaborationId });
    if (keys.length === 0) throw new ServiceError('state_conflict', { detail: 'There is no key: it is not active.' });
    const asked: KeyExport = {
      id,
      tenantId: caller.tenantId,
      ...wish,
      status: 'requested',
      keys,
      requestedBy: caller.memberId,
      createdAt: instantOf(ground.clock),
      collectUntil: null,
      collectedAt: null,
    };
    await keyExports.insert(tx, asked);
    const request = { subject: { kind: 'key-export' as const, id }, tenantIds, requestedBy: caller.memberId };
    const made = await requestApproval(tx, ground.clock, { ...request, shown: shownExport(ground, caller, asked) });
    tx.alsoRecord(approvalRequested(byCaller(caller), made));
    return asked;
  });
  return result;
}

export interface CollectedKeys {
  readonly asked: KeyExport;
  /** base64, for the recipient alone. */
  readonly sealed: string;
}

/** Sealed anew each time, within a day of the approval; each time is an event. */
export async function collectKeys(ground: Ground, caller: TenantCaller, id: string): Promise<CollectedKeys> {
  const event = {
    ...byCaller(caller),
    event: 'key.exported',
    outcome: 'succeeded',
    subject: { kind: 'key-export', id },
  } as const;
  const { result } = await auditedTransaction(
    ground.db,
    ({ asked }: CollectedKeys) => ({
      ...event,
      detail: {
        recipient: fingerprintOf(asked.recipientPublicKey),
        keys: asked.keys.map(({ purpose, object, version }) => ({ purpose, object, version })),
      },
    }),
    async (tx) => {
      const asked = await keyExports.get(tx.trx, id, { tenant_id: caller.tenantId });
      await assertCollectable(ground, tx.trx, asked);
      const keys = [];
      for (const name of asked.keys) {
        const subject = asked.collaborationId === null ? tenantKey(name.object) : collaborationKey(name.object);
        const { key } = await ground.keys.getKey(subject, name.version);
        keys.push({ ...name, key: Buffer.from(key).toString('base64') });
      }
      const collected: KeyExport = { ...asked, status: 'collected', collectedAt: instantOf(ground.clock) };
      await keyExports.save(tx, collected);
      const bundle = { export: id, tenant: asked.tenantId, exported_at: collected.collectedAt ?? '', keys };
      const sealed = await sealBundle({ format: 'ecluse-key-export/1', ...bundle }, asked.recipientPublicKey);
      return { asked: collected, sealed };
    },
  );
  return result;
}

export const keyExportApproval: ApprovableKind = {
  currentBasisHash: async (_ground, knex, id) => currentBasis(knex, await keyExports.get(knex, id)),
  async settle(ground, tx, { subjectId, outcome }) {
    const asked = await keyExports.get(tx.trx, subjectId);
    if (asked.status !== 'requested') return;
    const collectUntil = outcome === 'approved' ? instantAfter(ground.clock, COLLECT_WITHIN_MS) : null;
    await keyExports.save(tx, { ...asked, status: outcome, collectUntil });
  },
};

async function assertCollectable(ground: Ground, knex: Knex, asked: KeyExport): Promise<void> {
  const { status, collectUntil } = asked;
  if ((status !== 'approved' && status !== 'collected') || collectUntil === null) {
    throw new ServiceError('state_conflict', {
      detail: `This export is ${status}; only an approved one is collected.`,
    });
  }
  if (collectUntil <= instantOf(ground.clock)) {
    throw new ServiceError('state_conflict', { detail: 'The day for collecting it is over. Ask for it anew.' });
  }
  const given = await approvals.listAll(knex, { subject_kind: 'key-export', subject_id: asked.id });
  if (areAllApproved(given, await currentBasis(knex, asked))) return;
  throw new ServiceError('state_conflict', {
    detail: 'The keys are others than those that were approved: they were rotated since. Ask for the export anew.',
  });
}

/** The own tenant; for a collaboration's key every member's, since it links the persons of all of them. */
async function tenantsConcerned(ground: Ground, caller: TenantCaller, collaborationId: string | null) {
  if (collaborationId === null) return [caller.tenantId];
  const key = { id: collaborationId, tenantId: caller.tenantId };
  const collaboration = await getVisibleCollaboration(ground.db.knex, key);
  assertAcceptedMember(collaboration, caller.tenantId);
  return acceptedMembers(collaboration).map(({ tenantId }) => tenantId);
}

async function namesOfKeys(
  knex: Knex,
  { tenantId, collaborationId }: Pick<KeyExport, 'tenantId' | 'collaborationId'>,
): Promise<ExportedKeyName[]> {
  const subject = collaborationId === null ? tenantKey(tenantId) : collaborationKey(collaborationId);
  const versions = await listWrappedKeys(knex as Knex.Transaction, subject);
  const purpose = collaborationId === null ? ('tenant-match' as const) : ('collaboration-match' as const);
  return versions.map(({ version }) => ({ purpose, object: subject.objectId, version }));
}

async function currentBasis(knex: Knex, asked: KeyExport): Promise<string> {
  return basisOf({ ...asked, keys: await namesOfKeys(knex, asked) });
}

function basisOf({ id, recipientPublicKey, keys }: KeyExport): string {
  return hashOf({ export: id, recipientPublicKey, keys });
}

function shownExport(ground: Ground, caller: TenantCaller, asked: KeyExport): Shown {
  const recipient = fingerprintOf(asked.recipientPublicKey);
  const proposed = {
    reason: asked.reason,
    recipient_public_key: asked.recipientPublicKey,
    recipient_fingerprint: recipient,
    keys: asked.keys.map(({ purpose, object, version }) => `${purpose} of ${object}, version ${version}`),
  };
  return {
    summary: `Export ${asked.keys.length} keys, sealed to ${recipient}: ${asked.reason}`,
    asked_by: asked.requestedBy,
    asked_at: asked.createdAt,
    changes: changesBetween(null, proposed),
    proposed,
    decisions: accessDecided(ground, caller, 'key-export:write'),
    forecast: {
      text: 'Whoever holds the private key of the recipient can then compute match keys of digests.',
      detail: { keys: asked.keys.length },
    },
    basis_hash: basisOf(asked),
  };
}
