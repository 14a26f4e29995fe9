// Never looks at an answer: whether there is one, and which code a refusal bears, may tell as much.
import { type Attack, tryInTurns } from '../attack.ts';
import { ask } from '../partner.ts';
import { openRoster, wholeCell } from '../roster.ts';

/** One below the threshold. */
const PADS = 49;

export const refusalOracle: Attack = {
  name: 'error-oracle',
  source: 'errors and refusals as an oracle (Gadotti et al. 2019; Boenisch et al. 2021)',
  does: 'asks for groups of 49 planted accounts and the target, and reads nothing but the status and the codes of refusal',
  failsBecause: 'whether a figure is refused is decided on the noised figure, and after it was paid for',
  trialsAWorld: 80,
  async run(arena) {
    const roster = await openRoster(arena, { pads: PADS });
    return tryInTurns(arena, roster, async (cell, seat) => {
      const { run, picoRho } = await ask(roster.pair.attacker.analyst, seat.collaborationId, {
        analysis: 'segment-size',
        match_id: seat.matchId,
        segment_text: wholeCell(cell),
      });
      const told = [run.status, ...(run.decision?.reasons ?? [])];
      return { guess: !told.includes('refused') && !told.includes('below_threshold'), picoRho };
    });
  },
};
