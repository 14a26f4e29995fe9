// What is withheld tells too: a cell of 49 known accounts is shown only when somebody else is in it.
import type { Attack } from '../attack.ts';
import { askCells, guessAll } from '../cells.ts';
import { openRoster } from '../roster.ts';

/** One below the threshold. */
const PADS = 49;

export const suppressionOracle: Attack = {
  name: 'suppression-oracle',
  source: 'suppression as an answer (Cox 1980; Gadotti et al. 2019)',
  does: 'fills cells to one below the privacy threshold and reads which of them are shown',
  failsBecause: 'the threshold looks at the noised figure, so which cells are shown is chance to within dozens',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1, pads: PADS });
    const answer = await askCells(roster, roster.places[0]!);
    return guessAll(arena, roster, { picoRho: answer.picoRho, guess: (cell) => answer.of(cell)?.value != null });
  },
};
