// Whoever must be taken out wherever they were told: a withdrawal in the name of one person asks whether they were told at all.
import { createHash } from 'node:crypto';
import { type Actor, answer } from '../../demo/api.ts';
import { type Attack, tryInTurns } from '../attack.ts';
import { deliver, draft, openAccount, spentIn } from '../audiences.ts';
import { jobEnded, saltOf } from '../partner.ts';
import { openRoster, rowOf, TARGET } from '../roster.ts';

/** Enough that the size of the audience is never in doubt. */
const KNOWN = 1_504;

export const removalOracle: Attack = {
  name: 'removal-oracle',
  source: 'the duty to tell every recipient of an erasure or withdrawal (GDPR, article 19), turned around',
  does: 'has one audience with all targets delivered, then withdraws consent for one after the other and reads whether and how many were taken out',
  failsBecause:
    'every destination of an audience over a collaboration gets a removal, and none says how many it took out',
  trialsAWorld: 50,
  async run(arena) {
    const roster = await openRoster(arena, { pads: 1, known: KNOWN, rooms: 1 });
    const { attacker } = roster.pair;
    const seat = roster.places[0]!;
    const destinationId = await openAccount(attacker);
    const wish = { name: 'Everybody', segment: 'mine.number IS KNOWN', destinationId };
    await deliver(roster.pair, await draft(attacker, seat, wish));
    const { value: salt } = await saltOf(attacker);
    const picoRho = await spentIn(attacker, seat);
    return tryInTurns(arena, roster, async (cell) => {
      const email = rowOf(cell, TARGET).email;
      const digest = createHash('sha256').update(`${salt}:email:${email}`).digest('hex');
      const body = { action: 'withdraw' as const, digest };
      const change = await answer('withdrawing', attacker.officer.api.POST('/v1/consents', { body }));
      for (const jobId of change.removal_job_ids) await jobEnded('withdrawing', attacker.officer, jobId);
      const removed = await removedBy(attacker.officer, change.id);
      return { guess: removed === null ? arena.chance.happens(0.5) : removed > 0, picoRho };
    });
  },
};

const LOOK_MS = 200;

/** How many were taken out; null where that is not told. */
async function removedBy({ api }: Actor, requestId: string): Promise<number | null> {
  for (;;) {
    const params = { query: { request_id: requestId } };
    const { items } = await answer('reading removals', api.GET('/v1/removals', { params }));
    if (items.every(({ status }) => status !== 'queued')) {
      return items.reduce<number | null>(
        (sum, { removed }) => (sum === null || removed === null ? null : sum + removed),
        0,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
