// Matches two contributions. Pairs and counts stay in the engine; the control plane learns that it is done.
import { matchContributions } from '../../matching/match.ts';
import { isAnyListShort } from '../../matching/short-lists.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { findCollaboration } from './collaboration-store.ts';
import { dropEngineObjects } from './engine-drop-job.ts';
import { type Match, matches } from './match.ts';

export function matchJob(ground: WorkerGround): JobKind {
  return {
    name: 'match',
    async run(job) {
      const match = await matches.get(ground.db.knex, String(job.input.matchId));
      const collaboration = await findCollaboration(ground.db.knex, match.collaborationId);
      if (match.status === 'stale' || collaboration?.status !== 'active') {
        throw new PermanentFailure({
          code: 'match_stale',
          detail: 'A contribution changed or the collaboration ended.',
        });
      }
      await assertLongLists(ground, match, collaboration.terms.privacy.minimumListPersons);
      await dropEngineObjects(ground.engine, [match.id]);
      job.progress({ phase: 'matching', rows: 0, bytes: 0 });
      await matchContributions(ground.engine, {
        match: match.id,
        left: match.leftEngineId,
        right: match.rightEngineId,
        types: [...collaboration.terms.identifierTypes],
        cardinality: collaboration.terms.cardinality,
        scratchDir: ground.scratchDir,
      });
      await job.complete(
        { state: 'succeeded' },
        {
          tenantId: job.tenantId,
          actor: job.actor,
          event: 'match.completed',
          outcome: 'succeeded',
          subject: { kind: 'match', id: match.id },
          detail: { collaboration: match.collaborationId },
        },
        async (tx) => {
          const current = await matches.get(tx.trx, match.id);
          // A contribution may have gone while the join ran: then this match was never of use.
          if (current.status === 'stale') return;
          await matches.save(tx, { ...current, status: 'ready', matchedAt: instantOf(ground.clock) });
        },
      );
    },
    async givenUp(tx, job) {
      const match = await matches.get(tx.trx, String(job.input.matchId));
      if (match.status !== 'stale') await matches.save(tx, { ...match, status: 'failed' });
    },
  };
}

async function assertLongLists(ground: WorkerGround, match: Match, minimumPersons: number): Promise<void> {
  const sides = [match.leftEngineId, match.rightEngineId];
  if (!(await isAnyListShort(ground.engine, sides, minimumPersons))) return;
  const detail = `A contribution has fewer than ${minimumPersons} persons, which the terms ask for.`;
  throw new PermanentFailure({ code: 'list_too_short', detail });
}
