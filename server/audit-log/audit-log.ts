// The log of this process: its key, its name and the one service that signs it. Every release asks it for a checkpoint.
import { type NoteSigner, verifierKeyText } from '../../audit/note-key.ts';
import type { Ground } from '../ground.ts';
import { LOG_SIGNING_KEY } from '../keys/key-ring.ts';
import { type CheckpointService, createCheckpointService } from './checkpoint-service.ts';
import { type Cosigner, createCosigner, readWitnessPolicy } from './cosigner.ts';
import { logKeys } from './log-origin.ts';

export interface AuditLog {
  readonly checkpoints: CheckpointService;
  /** Undefined without a witness policy. */
  readonly cosigner: Cosigner | undefined;
  readonly signer: NoteSigner;
  /**
   * What a verifier needs to know beforehand, got over another way than the log itself: the log's name and key of now, and the keys
   * of all its names, the oldest first.
   */
  names(): Promise<{ origin: string; verifierKey: string; verifierKeys: string[] }>;
}

export type AuditLogGround = Pick<Ground, 'config' | 'db' | 'keys' | 'clock' | 'log'>;

const opened = new WeakMap<object, Promise<AuditLog>>();

/**
 * One a process, since the service remembers what it signed; `patienceMs` is of the first who asks. Throws `not_found` before
 * the signing key was made.
 */
export function getAuditLog(ground: AuditLogGround, options: { patienceMs?: number } = {}): Promise<AuditLog> {
  const known = opened.get(ground.db) ?? openAuditLog(ground, options);
  opened.set(ground.db, known);
  // A failure is not remembered: the key may be made a moment later.
  known.catch(() => opened.delete(ground.db));
  return known;
}

async function openAuditLog(
  { config, db, keys, clock, log }: AuditLogGround,
  { patienceMs = 0 }: { patienceMs?: number },
): Promise<AuditLog> {
  const { key } = await keys.getKey(LOG_SIGNING_KEY);
  const signer = { name: config.logOrigin, secretKey: key };
  const onError = (error: unknown): void => log.error({ err: error }, 'the audit log could not be signed');
  const { witnessPolicyFile } = config;
  const cosigner =
    witnessPolicyFile === ''
      ? undefined
      : createCosigner({ db, signer, policy: readWitnessPolicy(witnessPolicyFile), log });
  return {
    signer,
    cosigner,
    checkpoints: createCheckpointService({ db, signer, clock, onError, patienceMs, ...(cosigner && { cosigner }) }),
    async names() {
      const verifierKeys = (await logKeys(db.knex, signer)).map(verifierKeyText);
      const verifierKey = verifierKeys.at(-1)!;
      return { origin: verifierKey.slice(0, verifierKey.indexOf('+')), verifierKey, verifierKeys };
    },
  };
}
