// Housekeeping of the API process: overdue collaborations and approvals, schedules that are due, expired uploads, files that no row owns, versions nobody stands on, old answers. Each sweep may run any number of times.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { destroyOldAnswers } from '../access-requests/answer-box.ts';
import { expireApprovals } from '../approvals/expire-approvals.ts';
import { instantOf } from '../clock.ts';
import { endOverdueCollaborations } from '../collaborations/end-overdue-collaborations.ts';
import { removeExpiredConsents } from '../consents/expired-consents.ts';
import { queueExpiredTerms } from '../consents/expired-terms.ts';
import { queueRetiredVersions } from '../datasets/retired-versions.ts';
import { destroyOldLetters } from '../dead-letters/dead-letter-service.ts';
import { completeToldDeletions } from '../deletions/untold-destinations.ts';
import type { Ground } from '../ground.ts';
import { forgetOldAnswers } from '../http/idempotency.ts';
import { retryFailedRemovals } from '../removals/retry-removals.ts';
import { expireOverdue } from '../retention/expire.ts';
import { runDueSchedules } from '../schedules/run-due-schedules.ts';
import { forgetOldGuesses } from '../sign-in/guesses.ts';
import { forgetOldSessions } from '../sign-in/session-store.ts';
import { destroyUpload } from '../uploads/destroy-upload.ts';
import { SWEEP_INTERVAL_MS } from '../uploads/limits.ts';
import { uploadFolder } from '../uploads/upload.ts';
import { listExpiredUploads, listLivingUploadIds } from '../uploads/upload-store.ts';

export class Sweeper {
  readonly #ground: Ground;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** At once, for what a crash left behind, then every minute. */
  start(): void {
    this.#next();
    this.#timer = setInterval(() => this.#next(), SWEEP_INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #next(): void {
    this.#running = this.#running
      .then(() => sweep(this.#ground))
      .catch((error: Error) => this.#ground.log.error({ err: error.name }, 'a sweep failed'));
  }
}

export async function sweep(ground: Ground): Promise<void> {
  await endOverdueCollaborations(ground);
  await expireApprovals(ground);
  await destroyExpiredUploads(ground);
  await removeOrphanedFiles(ground);
  await queueRetiredVersions(ground);
  await removeExpiredConsents(ground);
  await queueExpiredTerms(ground);
  await retryFailedRemovals(ground);
  await completeToldDeletions(ground);
  await runDueSchedules(ground);
  await destroyOldLetters(ground);
  await expireOverdue(ground);
  await destroyOldAnswers(ground);
  await forgetOldAnswers(ground);
  await forgetOldSessions(ground);
  await forgetOldGuesses(ground);
}

async function destroyExpiredUploads(ground: Ground): Promise<void> {
  const actor = { kind: 'service', id: 'sweeper' } as const;
  for (const upload of await listExpiredUploads(ground.db, instantOf(ground.clock))) {
    await destroyUpload(ground, upload, { actor, reason: 'expired' });
  }
}

/** A crash between destroying a key and removing its file leaves a file that nobody can read; it goes here. */
async function removeOrphanedFiles(ground: Ground): Promise<void> {
  const folder = uploadFolder(ground.config.dataDir);
  const names = await readdir(folder).catch(() => []);
  const living = new Set((await listLivingUploadIds(ground.db)).map((id) => `${id}.sealed`));
  const orphans = names.filter((name) => name.endsWith('.sealed') && !living.has(name));
  for (const name of orphans) {
    // A file is made before its row, so the youngest are left to the next sweep.
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (ground.clock.now().getTime() - mtimeMs > SWEEP_INTERVAL_MS) await rm(path, { force: true });
  }
}
