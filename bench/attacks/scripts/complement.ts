// Never asks for the target: asks for everybody else, where all together are known.
import type { Attack } from '../attack.ts';
import { ask, figureOf } from '../partner.ts';
import { numberOf, openRoster, tryEach } from '../roster.ts';

/** Planted accounts of a cell; the attacker leaves out as many as it needs to stand at an edge. */
const PADS = 60;
const LOW_PADS = 55;

export const complement: Attack = {
  name: 'complement',
  source: 'set complement against query-set-size control (Denning, 1979)',
  does: 'asks for two groups that hold the target between them and all but the target in common, and adds up',
  failsBecause: 'what is left over of a known total is as blurred as the total',
  trialsAWorld: 45,
  async run(arena) {
    const roster = await openRoster(arena, { pads: PADS });
    const { analyst } = roster.pair.attacker;
    return tryEach(arena, roster, async (cell, seat) => {
      const sizeOf = (from: number) =>
        ask(analyst, seat.collaborationId, {
          analysis: 'segment-size',
          match_id: seat.matchId,
          segment_text: `mine.number >= ${numberOf(cell, 0)} AND mine.number < ${numberOf(cell + 1, 0)} EXCEPT mine.number < ${from}`,
        });
      // Without six of sixty there are 54 and perhaps the target; without five 55 and perhaps the target: the second is known to be 60.
      const at = await sizeOf(numberOf(cell, PADS - LOW_PADS + 1));
      const beside = await sizeOf(numberOf(cell, PADS - LOW_PADS));
      return { guess: (figureOf(at) ?? 0) >= (figureOf(beside) ?? 0), picoRho: at.picoRho + beside.picoRho };
    });
  },
};
