// Reads nothing but whole percents, and searches for the list whose percent turns.
import { type Attack, tryInTurns } from '../attack.ts';
import { LEAST_LIST, many, nobody, openListScene, overlapWith, planted, target } from '../lists.ts';
import type { Answered } from '../partner.ts';

/** With so many planted accounts 10 % become 11 %, if nobody else is matched. */
const TURN = 105;

export const matchRateSearch: Attack = {
  name: 'match-rate-search',
  source: 'binary search on a rounded rate (Venkatadri et al., S&P 2018)',
  does: 'searches for the number of planted accounts at which the match rate of its list goes up by a percent: one fewer with the target',
  failsBecause: 'the rate is computed from noised figures, and each step of the search is paid for',
  trialsAWorld: 45,
  async run(arena) {
    const scene = await openListScene(arena);
    return tryInTurns(arena, scene, async (trial, desk) => {
      let picoRho = 0;
      const hasTurned = async (pads: number) => {
        const rows = [...many(pads, (place) => planted(place)), target(trial), ...many(LEAST_LIST - pads, nobody)];
        const overlap = await overlapWith(arena, scene, { desk, rows });
        picoRho += overlap.picoRho;
        return percentOf(overlap) >= 11;
      };
      let [low, high] = [TURN - 3, TURN];
      while (high - low > 1) {
        const middle = Math.floor((low + high + 1) / 2);
        if (await hasTurned(middle)) high = middle;
        else low = middle;
      }
      return { guess: high < TURN, picoRho };
    });
  },
};

function percentOf({ result }: Answered): number {
  const rate = result?.ratios.find(({ name, key }) => name === 'match-rate' && key.of === 'mine');
  return Number(/\d+/.exec(rate?.value ?? '')?.[0] ?? 0);
}
