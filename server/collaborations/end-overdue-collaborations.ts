// The sweep that ends collaborations whose end date has passed. Until it comes by, `isActive` refuses their use already.
import { instantOf } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { expireCollaboration } from './collaboration-service.ts';
import { listOverdueCollaborations } from './collaboration-store.ts';

/** Ends each in a transaction of its own, so that one that fails keeps no other alive. Returns how many it ended. */
export async function endOverdueCollaborations(ground: Ground): Promise<number> {
  const overdue = await listOverdueCollaborations(ground.db.knex, instantOf(ground.clock));
  let ended = 0;
  for (const collaboration of overdue) {
    try {
      await expireCollaboration(ground, collaboration);
      ended++;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'state_conflict') continue;
      ground.log.error({ collaboration: collaboration.id, err: (error as Error).name }, 'a collaboration did not end');
    }
  }
  return ended;
}
