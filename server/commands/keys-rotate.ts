// `ecluse keys rotate`: asks for the rotation and waits for its end. Runs a worker of its own when none owns the engine.
import { instantOf } from '../clock.ts';
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import type { Ground } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import { endOf } from './await-job.ts';

export interface RotationTarget {
  readonly tenant?: string | undefined;
  readonly collaboration?: string | undefined;
}

export function rotateKeys(config: Config, target: RotationTarget): Promise<void> {
  return asService(() => rotate(config, target));
}

async function rotate(config: Config, target: RotationTarget): Promise<void> {
  const ground = await openGround(config, 'worker');
  try {
    const jobId = await askForRotation(ground, subjectOf(target));
    process.stderr.write(`${jobId} is queued\n`);
    const row = await endOf(ground, jobId);
    if (row.state !== 'succeeded') throw new Error(`the rotation ended as ${row.state}: ${row.failure ?? ''}`);
    process.stdout.write(`Rotated the key of ${row.subject_id}.\n`);
  } finally {
    await closeGround(ground);
  }
}

function subjectOf({ tenant, collaboration }: RotationTarget): { kind: 'tenant' | 'collaboration'; id: string } {
  if ((tenant === undefined) === (collaboration === undefined))
    throw new Error('name either --tenant or --collaboration');
  return tenant === undefined ? { kind: 'collaboration', id: collaboration ?? '' } : { kind: 'tenant', id: tenant };
}

async function askForRotation(
  ground: Ground,
  subject: { kind: 'tenant' | 'collaboration'; id: string },
): Promise<string> {
  const known = await ground.db.knex(`${subject.kind}s`).where({ id: subject.id }).first('id');
  if (known === undefined) throw new Error(`there is no ${subject.kind} ${subject.id}`);
  const event = {
    tenantId: subject.kind === 'tenant' ? subject.id : null,
    actor: { kind: 'operator', id: 'command-line' },
    event: 'key.rotation-requested',
    outcome: 'succeeded',
    subject,
    detail: {},
  } as const;
  const job = {
    kind: `rotate-${subject.kind}-key`,
    tenantId: event.tenantId,
    subject,
    turnId: subject.id,
    createdBy: 'command-line',
  };
  const { result } = await auditedTransaction(ground.db, event, (tx) => insertJob(tx, job, instantOf(ground.clock)));
  return result;
}
