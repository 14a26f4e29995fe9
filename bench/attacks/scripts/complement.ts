// Never asks for the targets: asks for a segment of nobody, and reads the rest.
import type { Attack } from '../attack.ts';
import { askCells, countOf, guessAll } from '../cells.ts';
import { EDGE, openRoster } from '../roster.ts';

/** Planted accounts, of which the segment takes so many that the rest stands at the edge. */
const PADS = EDGE + 60;

export const complement: Attack = {
  name: 'complement',
  source: 'set complement against query-set-size control (Denning, 1979)',
  does: 'asks for segments of planted accounts alone, compared with the rest, and finds the targets in the rest',
  failsBecause: 'the rest is noised like the segment, and paid with it',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1, pads: PADS });
    const segment = { segment_text: `mine.place < ${PADS - EDGE}`, index: true };
    const answer = await askCells(roster, roster.places[0]!, segment, 'rest');
    return guessAll(arena, roster, { picoRho: answer.picoRho, guess: (cell) => countOf(answer.of(cell)) >= 60 });
  },
};
