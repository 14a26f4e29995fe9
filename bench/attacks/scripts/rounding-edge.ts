// Pads groups until their size lies just below where rounding goes up, with one person more in each.
import type { Attack } from '../attack.ts';
import { askCells, countOf, guessAll } from '../cells.ts';
import { openRoster, TARGET } from '../roster.ts';

/** Of 64 planted accounts a question can leave out ten: then the next edge is as near. */
const PADS = 64;

export const roundingEdge: Attack = {
  name: 'rounding-edge',
  source: 'Venkatadri et al., S&P 2018',
  does: 'pads groups with planted accounts to one below two rounding edges, adds the targets, and reads whether both sizes jumped',
  failsBecause: 'sizes are noised by dozens before they are rounded',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1, pads: PADS });
    const seat = roster.places[0]!;
    const all = await askCells(roster, seat);
    const fewer = await askCells(roster, seat, {
      segment_text: `mine.place < ${PADS - 10} OR mine.place >= ${TARGET}`,
    });
    const picoRho = all.picoRho + fewer.picoRho;
    return guessAll(arena, roster, { picoRho, guess: (cell) => countOf(all.of(cell)) + countOf(fewer.of(cell)) > 125 });
  },
};
