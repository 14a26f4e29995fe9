// `ecluse audit sign-rollback`: after a restore from an older backup, tells what the log lost and, with --yes, signs that into it.
import { readFileSync } from 'node:fs';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { AuditLogError } from '../audit-log/audit-log-error.ts';
import { planRollback, type RollbackPlan, signRollback } from '../audit-log/rollback.ts';
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { asService } from '../database/row-scope.ts';
import { lockFolder } from '../folder-lock.ts';

export interface RollbackFlags {
  /** Files with checkpoints kept elsewhere, where no witness can tell. */
  readonly keptFiles: readonly string[];
  /** A ticket's name; it is logged for ever, so it is no sentence. */
  readonly reference?: string | undefined;
  readonly yes: boolean;
}

export async function auditSignRollback(config: Config, flags: RollbackFlags): Promise<void> {
  if (flags.reference !== undefined && !/^[A-Za-z0-9._/-]{1,64}$/.test(flags.reference))
    throw new Error('--reference is the name of a ticket: up to 64 letters, digits, dots, dashes and slashes');
  // Another process would go on signing under the old name.
  const lock = config.clickhouseUrls.length === 0 ? await lockFolder(config.dataDir, { patienceMs: 0 }) : undefined;
  try {
    await asService(() => signIn(config, flags));
  } finally {
    await lock?.release();
  }
}

async function signIn(config: Config, { keptFiles, reference, yes }: RollbackFlags): Promise<void> {
  const ground = await openGround(config, 'worker');
  try {
    const kept = keptFiles.map((file, i) => ({ name: `kept file ${i + 1}`, note: readFileSync(file, 'utf8') }));
    const plan = await planRollback(ground, kept);
    process.stdout.write(planText(plan));
    if (!yes) {
      process.stdout.write('Nothing was signed. If this is so, say --yes.\n');
      process.exitCode = 3;
      return;
    }
    const eventId = await signRollback(ground, { plan, reference });
    process.stdout.write(
      `Signed as ${eventId}. The log's name is ${plan.origin} from now on: tell whoever verifies it.\n`,
    );
    const { checkpoints } = await getAuditLog(ground);
    const signed = await checkpoints.checkpointNow().catch((error: unknown) => {
      if (!(error instanceof AuditLogError)) throw error;
      process.stdout.write(`${error.message}\n`);
      return undefined;
    });
    if (signed !== undefined)
      process.stdout.write(`The checkpoint of size ${signed.size} is signed: releases go on.\n`);
  } finally {
    await closeGround(ground);
  }
}

function planText({ previousOrigin, origin, restoredSize, lost }: RollbackPlan): string {
  return (
    `The log ${previousOrigin} had ${lost.size} entries or more (kept by ${lost.keptBy.join(', ')}), ` +
    `and this one has ${restoredSize}.\n` +
    `Signing says so in the log, where every tenant sees it, and lets it go on as ${origin}.\n`
  );
}
