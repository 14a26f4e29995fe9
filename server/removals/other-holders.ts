// Other audiences by which a destination has persons, too. Somebody who is to leave one of them stays for the others, unless a
// removal waits there as well; of two that wait, the one that comes last tells the destination.
import { dropCandidates, type OtherHolder } from '../../matching/removal-candidates.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import { type Removal, removals } from './removal.ts';
import { loadCandidates } from './removal-outbox.ts';

export interface OtherHolders {
  readonly holders: readonly OtherHolder[];
  /** Drops the ids of removals that wait. */
  close(): Promise<void>;
}

export async function otherHolders(
  ground: WorkerGround,
  { audienceId, destinationId }: Pick<Removal, 'audienceId' | 'destinationId'>,
): Promise<OtherHolders> {
  const audiences = await ground.db
    .knex('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .where({ 'activations.destination_id': destinationId })
    .whereNot({ 'audiences.status': 'expired' })
    .whereNot({ 'audiences.id': audienceId })
    .distinct('audiences.id')
    .pluck<string[]>('audiences.id');
  const opened: string[] = [];
  const close = async () => {
    for (const list of opened) await dropCandidates(ground.engine, list);
  };
  try {
    const holders: OtherHolder[] = [];
    for (const audience of audiences) {
      const leaving: string[] = [];
      for (const waiting of await listWaiting(ground, { audience_id: audience, destination_id: destinationId })) {
        const list = newId('rmv');
        opened.push(list);
        if (await isOpened(ground, waiting, list)) leaving.push(list);
      }
      holders.push({ audience, leaving });
    }
    return { holders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listWaiting(ground: WorkerGround, where: Record<string, string>): Promise<Removal[]> {
  const waits = await Promise.all(
    ['queued', 'failed'].map((status) => removals.listAll(ground.db.knex, { ...where, status })),
  );
  return waits.flat();
}

/** False for one that has ended meanwhile: what it took out is held there no more. */
async function isOpened(ground: WorkerGround, waiting: Removal, list: string): Promise<boolean> {
  try {
    await loadCandidates(ground, waiting, list);
    return true;
  } catch (error) {
    const { status } = await removals.get(ground.db.knex, waiting.id);
    if (status === 'queued' || status === 'failed') throw error;
    return false;
  }
}
