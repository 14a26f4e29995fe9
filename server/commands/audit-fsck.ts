// `ecluse audit fsck`: recomputes the stored log and names the first broken index. Ends with 1 if there is one.
import { readFileSync } from 'node:fs';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { fsckAuditLog } from '../audit-log/audit-log-fsck.ts';
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { asService } from '../database/row-scope.ts';

export interface FsckFlags {
  readonly json: boolean;
  /** Files with checkpoints kept elsewhere. */
  readonly keptFiles: readonly string[];
}

export function auditFsck(config: Config, flags: FsckFlags): Promise<void> {
  return asService(() => fsck(config, flags));
}

async function fsck(config: Config, { json, keptFiles }: FsckFlags): Promise<void> {
  const ground = await openGround(config, 'worker');
  try {
    const { verifierKeys } = await (await getAuditLog(ground)).names();
    const keptCheckpoints = keptFiles.map((file) => readFileSync(file, 'utf8'));
    const report = await fsckAuditLog(ground.db.knex, { verifierKeys, keptCheckpoints });
    const { size, root, checkpoints, unsigned, firstBroken } = report;
    const text = firstBroken
      ? `Broken at index ${firstBroken.index} (${firstBroken.kind}): ${firstBroken.detail}\n`
      : `${size} events and ${checkpoints} checkpoints are whole. Root ${root}\n` +
        (unsigned === 0 ? '' : `The last ${unsigned} events are not signed yet: start the service, and look again.\n`) +
        'This does not prove that nobody was shown another log: compare with checkpoints kept elsewhere (--kept).\n';
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : text);
    if (firstBroken) process.exitCode = 1;
  } finally {
    await closeGround(ground);
  }
}
