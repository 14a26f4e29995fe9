// The log of this process: its key, its origin and the one service that signs it. Every release asks it for a checkpoint.
import { verifierKeyOf, verifierKeyText } from '../../audit/note-key.ts';
import type { Ground } from '../ground.ts';
import { LOG_SIGNING_KEY } from '../keys/key-ring.ts';
import { type CheckpointService, createCheckpointService } from './checkpoint-service.ts';

export interface AuditLog {
  readonly origin: string;
  /** What a verifier needs to know beforehand, got over another way than the log itself. */
  readonly verifierKey: string;
  readonly checkpoints: CheckpointService;
}

export type AuditLogGround = Pick<Ground, 'config' | 'db' | 'keys' | 'clock' | 'log'>;

const opened = new WeakMap<object, Promise<AuditLog>>();

/** One a process, since the service remembers what it signed. Throws `not_found` before the signing key was made. */
export function getAuditLog(ground: AuditLogGround): Promise<AuditLog> {
  const known = opened.get(ground.db) ?? openAuditLog(ground);
  opened.set(ground.db, known);
  // A failure is not remembered: the key may be made a moment later.
  known.catch(() => opened.delete(ground.db));
  return known;
}

async function openAuditLog({ config, db, keys, clock, log }: AuditLogGround): Promise<AuditLog> {
  const { key } = await keys.getKey(LOG_SIGNING_KEY);
  const signer = { name: config.logOrigin, secretKey: key };
  const onError = (error: unknown): void => log.error({ err: error }, 'the audit log could not be signed');
  return {
    origin: signer.name,
    verifierKey: verifierKeyText(await verifierKeyOf(signer)),
    checkpoints: createCheckpointService({ db, signer, clock, onError }),
  };
}
