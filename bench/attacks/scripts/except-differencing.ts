// Asks for groups and for the same groups without one person each.
import type { Attack } from '../attack.ts';
import { askCells, countOf, guessAll } from '../cells.ts';
import { openRoster, TARGET } from '../roster.ts';

export const exceptDifferencing: Attack = {
  name: 'except-differencing',
  source: 'Dinur and Nissim, PODS 2003; Gadotti et al., USENIX Security 2019',
  does: 'asks for groups, then for the groups EXCEPT the targets, and subtracts',
  failsBecause:
    'both sizes are noised independently and paid for, and no difference of one is seen under noise of dozens',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1 });
    const seat = roster.places[0]!;
    const all = await askCells(roster, seat);
    const without = await askCells(roster, seat, {
      segment_text: `mine.number IS KNOWN EXCEPT mine.place = ${TARGET}`,
    });
    const picoRho = all.picoRho + without.picoRho;
    return guessAll(arena, roster, { picoRho, guess: (cell) => countOf(all.of(cell)) > countOf(without.of(cell)) });
  },
};
