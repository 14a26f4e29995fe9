// Salts to hash with, the key to seal to, and the request to rotate a match key.
import type { MatchKeyVersion } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction, recordEvent } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { insertJob } from '../jobs/job-store.ts';
import { collaborationKey, EGRESS_KEY, SERVICE } from './key-ring.ts';
import { type KeyVersion, listKeyVersionsOf } from './key-store.ts';
import { listSalts } from './service-keys.ts';

/** Whether a tenant is in a collaboration, and so may know its salts and ask for its rotation. */
export type IsCollaborationMember = (collaborationId: string, tenantId: string) => Promise<boolean>;
/** The collaborations whose key a tenant's contributions are under. */
export type ListCollaborationIds = (tenantId: string) => Promise<string[]>;

export function keyHandlers(
  ground: Ground,
  {
    isCollaborationMember,
    listCollaborationIds,
  }: { isCollaborationMember: IsCollaborationMember; listCollaborationIds: ListCollaborationIds },
): Pick<Handlers, 'listSalts' | 'getEgressKey' | 'listKeys' | 'rotateKey'> {
  const requireMember = async (collaborationId: string, tenantId: string) => {
    if (!(await isCollaborationMember(collaborationId, tenantId))) throw notFound('collaboration');
  };
  return {
    listSalts: async (request) => {
      const collaborationId = request.query.collaboration_id;
      if (collaborationId !== undefined) await requireMember(collaborationId, request.tenantId);
      return showSalts(ground, request);
    },
    getEgressKey: async () => {
      const { publicPart, version } = await ground.keys.getKey(EGRESS_KEY);
      if (publicPart === undefined) throw new ServiceError('unavailable', { detail: 'The egress key is missing.' });
      return { id: `egress-${version}`, public_key: publicPart, algorithm: 'crypto_box_seal' };
    },
    listKeys: async ({ tenantId }) => {
      const owners = [tenantId, ...(await listCollaborationIds(tenantId))];
      return { items: (await listKeyVersionsOf(ground.db, owners)).flatMap(matchKeyBody) };
    },
    rotateKey: async (request) => {
      const collaborationId = request.body.collaboration_id;
      if (collaborationId !== undefined) {
        await requireMember(collaborationId, request.tenantId);
        await requireKey(ground, collaborationId);
      }
      return rotateKey(ground, request);
    },
  };
}

/** Salts and credentials are wrapped keys as well; what is rotated are match keys. */
function matchKeyBody({ purpose, objectId, version, createdAt }: KeyVersion): MatchKeyVersion[] {
  if (purpose !== 'tenant-match' && purpose !== 'collaboration-match') return [];
  return [{ purpose, object_id: objectId, version, created_at: createdAt }];
}

/** Before every member has accepted there is nothing to rotate. */
async function requireKey(ground: Ground, collaborationId: string): Promise<void> {
  if (await ground.keys.hasKey(ground.db, collaborationKey(collaborationId))) return;
  throw new ServiceError('state_conflict', { detail: 'This collaboration has no key yet: it is not active.' });
}

async function showSalts(
  ground: Ground,
  { caller, query }: OperationRequest<'listSalts'>,
): Promise<AnswerOf<'listSalts'>> {
  const collaborationId = query.collaboration_id ?? null;
  const salts = await listSalts(ground, collaborationId ?? SERVICE);
  await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'salt.read',
    outcome: 'succeeded',
    subject: { kind: 'salt', id: collaborationId ?? SERVICE },
    detail: { epochs: salts.map((salt) => salt.epoch) },
  });
  const items = salts.map((salt) => ({
    id: salt.id,
    epoch: salt.epoch,
    scope: collaborationId === null ? ('service' as const) : ('collaboration' as const),
    collaboration_id: collaborationId,
    value: salt.value,
    created_at: salt.createdAt,
  }));
  return { items };
}

async function rotateKey(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'rotateKey'>,
): Promise<AnswerOf<'rotateKey'>> {
  const subjectId = body.collaboration_id ?? tenantId;
  const kind = body.collaboration_id === undefined ? 'tenant' : 'collaboration';
  const event = {
    ...byCaller(caller),
    event: 'key.rotation-requested',
    outcome: 'succeeded',
    subject: { kind, id: subjectId },
    detail: {},
  } as const;
  const { result } = await auditedTransaction(ground.db, event, (tx) =>
    insertJob(
      tx,
      {
        kind: `rotate-${kind}-key`,
        tenantId,
        subject: { kind, id: subjectId },
        turnId: subjectId,
        createdBy: caller.memberId,
      },
      instantOf(ground.clock),
    ),
  );
  return { job_id: result, subject_id: subjectId };
}
