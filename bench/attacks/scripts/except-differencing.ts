// Asks for a group and for the same group without one person.
import type { Attack } from '../attack.ts';
import { ask, figureOf } from '../partner.ts';
import { onlyTarget, openRoster, tryEach, wholeCell } from '../roster.ts';

export const exceptDifferencing: Attack = {
  name: 'except-differencing',
  source: 'Dinur and Nissim, PODS 2003; Gadotti et al., USENIX Security 2019',
  does: 'asks for the size of a group, then of the group EXCEPT the target, and subtracts',
  failsBecause:
    'both sizes are noised independently and paid for, and no difference of one is seen under noise of dozens',
  trialsAWorld: 45,
  async run(arena) {
    const roster = await openRoster(arena);
    const { analyst } = roster.pair.attacker;
    return tryEach(arena, roster, async (cell, seat) => {
      const sizeOf = (segment_text: string) =>
        ask(analyst, seat.collaborationId, { analysis: 'segment-size', match_id: seat.matchId, segment_text });
      const all = await sizeOf(wholeCell(cell));
      const without = await sizeOf(`(${wholeCell(cell)}) EXCEPT ${onlyTarget(cell)}`);
      const difference = (figureOf(all) ?? 0) - (figureOf(without) ?? 0);
      return { guess: difference > 0, picoRho: all.picoRho + without.picoRho };
    });
  },
};
