// Crosses attributes until a cell holds nobody but known accounts and one person.
import type { Attack } from '../attack.ts';
import { askCells, countOf, guessAll } from '../cells.ts';
import { openRoster } from '../roster.ts';

export const cellIsolation: Attack = {
  name: 'cell-isolation',
  source: 'intersection of attributes (Sweeney 2000; Gadotti et al. 2019)',
  does: 'breaks matched persons down by two attributes of its own that cross in one cell for each target',
  failsBecause: 'every cell is noised by dozens, declared or not',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1 });
    const answer = await askCells(roster, roster.places[0]!);
    return guessAll(arena, roster, { picoRho: answer.picoRho, guess: (cell) => countOf(answer.of(cell)) >= 60 });
  },
};
