// An erasure reports from how much the person was taken out: from a match too?
import { createHash } from 'node:crypto';
import { answer } from '../../demo/api.ts';
import { type Attack, tryInTurns } from '../attack.ts';
import { jobEnded, saltOf } from '../partner.ts';
import { openRoster, rowOf, TARGET } from '../roster.ts';

export const erasureOracle: Attack = {
  name: 'erasure-oracle',
  source: 'found here: the duty to erase (GDPR, article 17), turned around',
  does: 'erases the targets from its own list, one request after the other, and reads from how many matches each was taken out',
  failsBecause: 'with collaborations the report says where persons were looked for, not where they were found',
  mostTrials: 40,
  alone: true,
  async run(arena) {
    const roster = await openRoster(arena, { pads: 1, rooms: 1 });
    const { officer } = roster.pair.attacker;
    const { value: salt } = await saltOf(roster.pair.attacker);
    return tryInTurns(arena, roster, async (cell) => {
      const digest = createHash('sha256')
        .update(`${salt}:email:${rowOf(cell, TARGET).email}`)
        .digest('hex');
      const body = { persons: { digests: [digest] } };
      const { id, job_id } = await answer('erasing', officer.api.POST('/v1/deletion-requests', { body }));
      await jobEnded('erasing', officer, job_id);
      const params = { path: { deletion_request_id: id } };
      const { erased } = await answer(
        'erasing',
        officer.api.GET('/v1/deletion-requests/{deletion_request_id}', { params }),
      );
      // Told of everybody, it tells of nobody.
      const tells = erased !== null && erased.delivered_ids !== null;
      return { guess: tells ? erased.matches > 0 : arena.chance.happens(0.5), picoRho: 0 };
    });
  },
};
