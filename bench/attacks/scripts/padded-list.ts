// The oldest attack on a clean room: a list of own accounts, all of them customers, and one person.
import { type Attack, tryInTurns } from '../attack.ts';
import { many, matchedOf, openListScene, overlapWith, planted, target } from '../lists.ts';

/** One below where rounding to tens goes up. */
const PADS = 1_004;

export const paddedList: Attack = {
  name: 'padded-list',
  source: 'Venkatadri et al., S&P 2018; Faizullabhoy and Korolova 2018',
  does: 'uploads a list of 1,004 planted accounts and the target, and reads how many of it are matched',
  failsBecause: 'the overlap is noised: 1,000 of 1,005 and 1,010 of 1,005 are about equally likely',
  trialsAWorld: 80,
  async run(arena) {
    const scene = await openListScene(arena);
    return tryInTurns(arena, scene, async (trial, desk) => {
      const rows = [...many(PADS, (place) => planted(place)), target(trial)];
      const overlap = await overlapWith(arena, scene, { desk, rows });
      return { guess: (matchedOf(overlap) ?? 0) >= 1_010, picoRho: overlap.picoRho };
    });
  },
};
