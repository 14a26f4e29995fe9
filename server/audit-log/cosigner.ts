// Has a signed checkpoint cosigned by the quorum of the witness policy, and keeps the cosignatures with it. Upholds: nothing counts
// as cosigned before the policy's own rule says so, and a witness that has seen more stops every release.
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type NoteSigner, verifierKeyOf } from '../../audit/note-key.ts';
import { parseWitnessPolicy, quorumText, type WitnessPolicy } from '../../audit/witness-policy.ts';
import type { Database } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { AuditLogError } from './audit-log-error.ts';
import { readFrontier } from './audit-log-store.ts';
import { findCoveringCheckpoint, type StoredCheckpoint } from './checkpoint-service.ts';
import { currentOrigin } from './log-origin.ts';
import { getReceipt } from './receipt-store.ts';
import { storedConsistencyProof } from './stored-tree.ts';
import { askWitnesses, type Cosigned } from './witness-client.ts';

export interface Cosigner {
  readonly policy: WitnessPolicy;
  /**
   * The checkpoint with its cosignatures, or a later one that has them. Undefined when another process of ours had a later one
   * cosigned meanwhile: sign again. Throws `quorum_missing` or `log_rolled_back`.
   */
  cosigned(checkpoint: StoredCheckpoint): Promise<StoredCheckpoint | undefined>;
}

export interface CosignerOptions {
  readonly db: Database;
  readonly signer: NoteSigner;
  readonly policy: WitnessPolicy;
  readonly log: Pick<Logger, 'warn'>;
  readonly fetch?: typeof fetch;
}

/** Throws with the file's name and line for a policy that cannot be used to ask anybody. */
export function readWitnessPolicy(path: string): WitnessPolicy {
  const policy = parseWitnessPolicy(readFileSync(path, 'utf8'));
  const mute = policy.witnesses.find(
    ({ url }) => url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''),
  );
  if (mute !== undefined) throw new Error(`the witness ${mute.name} has no http(s) URL, so that it cannot be asked`);
  return policy;
}

export function createCosigner(options: CosignerOptions): Cosigner {
  const { db, policy } = options;
  return {
    policy,
    async cosigned(checkpoint) {
      if (checkpoint.cosignatures !== null || policy.quorum === undefined) return checkpoint;
      const asked = await ask(options, checkpoint);
      if (!asked.isEnough) {
        const later = await findCoveringCheckpoint(db.knex, { index: checkpoint.size - 1, isCosigned: true });
        if (later !== undefined) return later;
        const size = await currentSize(db);
        // A size beyond ours, which our log has reached by now: seen between our signing and our asking.
        if (asked.refusals.some(({ seenSize = 0 }) => seenSize > checkpoint.size && seenSize <= size)) return undefined;
        throw refused(options, asked, size);
      }
      for (const refusal of asked.refusals)
        options.log.warn(refusal, 'a witness did not cosign; the others are enough');
      await writeTransaction(db, (trx) =>
        trx('audit_checkpoints').where({ size: checkpoint.size }).update({ cosignatures: asked.lines }),
      );
      return { ...checkpoint, note: checkpoint.note + asked.lines, cosignatures: asked.lines };
    },
  };
}

async function currentSize(db: Database): Promise<number> {
  return (await readFrontier(db.knex)).size;
}

async function ask(
  { db, signer, policy, ...options }: CosignerOptions,
  checkpoint: StoredCheckpoint,
): Promise<Cosigned> {
  const { origin, eventId } = await currentOrigin(db.knex, signer.name);
  return askWitnesses({
    policy,
    fetch: options.fetch ?? fetch,
    checkpoint,
    logKey: await verifierKeyOf({ ...signer, name: origin }),
    proofFrom: (oldSize) => storedConsistencyProof(db.knex, { oldSize, newSize: checkpoint.size }),
    // The event of a rollback is the service's, which a tenant's work may not read.
    rollbackReceipt: async () =>
      eventId === undefined ? undefined : asService(() => getReceipt(db.knex, { eventId }, { isCosigned: false })),
  });
}

function refused({ policy, log }: CosignerOptions, { refusals }: Cosigned, size: number): AuditLogError {
  const seenSize = Math.max(...refusals.map((refusal) => refusal.seenSize ?? 0));
  for (const refusal of refusals) log.warn(refusal, 'a witness did not cosign');
  const reasons = refusals.map(({ witness, reason }) => `${witness} ${reason}`).join('; ');
  if (seenSize > 0)
    return new AuditLogError(
      'log_rolled_back',
      `Nothing is released: a witness has cosigned ${seenSize} entries that this log of ${size} does not extend, as after an older ` +
        `backup was restored (${reasons}). End the service, and sign the rollback into the log: ecluse audit sign-rollback`,
    );
  return new AuditLogError(
    'quorum_missing',
    `Nothing is released: the witness policy asks for ${quorumText(policy.quorum)} (${reasons}). It is asked again by itself`,
  );
}
