// Pads a group until its size lies just below where rounding goes up, and adds one person.
import type { Attack } from '../attack.ts';
import { ask, figureOf } from '../partner.ts';
import { openRoster, tryEach, wholeCell } from '../roster.ts';

export const roundingEdge: Attack = {
  name: 'rounding-edge',
  source: 'Venkatadri et al., S&P 2018',
  does: 'pads a segment with planted accounts to one below a rounding edge, adds the target, reads whether the size jumped',
  failsBecause: 'the size is noised by dozens before it is rounded',
  trialsAWorld: 80,
  async run(arena) {
    const roster = await openRoster(arena);
    return tryEach(arena, roster, async (cell, seat) => {
      const size = await ask(roster.pair.attacker.analyst, seat.collaborationId, {
        analysis: 'segment-size',
        match_id: seat.matchId,
        segment_text: wholeCell(cell),
      });
      return { guess: (figureOf(size) ?? 0) >= 60, picoRho: size.picoRho };
    });
  },
};
