// Rows that are withheld are shown together. What is known of one tells of the other.
import { type Attack, tryInTurns } from '../attack.ts';
import { ask } from '../partner.ts';
import { numberOf, openRoster } from '../roster.ts';

/** Planted accounts in the first of the two withheld bins of a cell; the target is in the second. */
const FIRST_BIN = 30;

export const remainderOracle: Attack = {
  name: 'remainder-oracle',
  source: 'complementary suppression (Cox 1980)',
  does: 'cuts a cell into two bins that are withheld, and reads the target from the remainder that shows them together',
  failsBecause: 'the remainder is the sum of noised figures, not a figure of its own',
  trialsAWorld: 80,
  async run(arena) {
    const roster = await openRoster(arena);
    return tryInTurns(arena, roster, async (cell, seat) => {
      // A cell beside it is large enough to be shown: otherwise nothing would be.
      const beside = cell === 0 ? 1 : cell - 1;
      const [from, to] = [Math.min(cell, beside), Math.max(cell, beside)];
      const edges = [numberOf(cell, 0), numberOf(cell, FIRST_BIN), numberOf(cell + 1, 0)];
      const answer = await ask(roster.pair.attacker.analyst, seat.collaborationId, {
        analysis: 'profile',
        match_id: seat.matchId,
        segment_text: `mine.number >= ${numberOf(from, 0)} AND mine.number < ${numberOf(to + 1, 0)}`,
        breakdown: [{ source: 'mine', attribute: 'number', bins: edges }],
      });
      const remainder = answer.result?.metrics[0]?.remainder?.value ?? 0;
      return { guess: remainder >= 60, picoRho: answer.picoRho };
    });
  },
};
