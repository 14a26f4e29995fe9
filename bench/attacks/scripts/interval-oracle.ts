// Rounding hides one person in the figure; the interval around it is rounded at other places.
import type { Attack } from '../attack.ts';
import { askCells, guessAll } from '../cells.ts';
import { openRoster } from '../roster.ts';

/** 52 and 53 read alike, but 53 moves the interval's end, 98 above it, to the next ten. */
const PADS = 52;
const HIGH_END = 160;

export const intervalOracle: Attack = {
  name: 'interval-oracle',
  source: 'two roundings of one figure',
  does: 'pads cells so that the interval changes with one person although the figure does not',
  failsBecause: 'figure and interval are both computed from the noised figure alone',
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1, pads: PADS });
    const answer = await askCells(roster, roster.places[0]!);
    const guess = (cell: number) => (answer.of(cell)?.interval?.high ?? 0) >= HIGH_END;
    return guessAll(arena, roster, { picoRho: answer.picoRho, guess });
  },
};
