// A dry run sends nothing, costs no approval, and tells how many would be delivered.
import { type Attack, tryInTurns } from '../attack.ts';
import { draft, openAccount, spentIn } from '../audiences.ts';
import { numberOf, openRoster } from '../roster.ts';

/** One below where rounding goes up. */
const KNOWN = 1_504;

export const dryRunOracle: Attack = {
  name: 'reach-estimate',
  source: "Venkatadri et al., S&P 2018: a platform's own estimate of reach before anything is bought",
  does: 'forecasts an audience of planted accounts and the target without delivering it, and reads how many would be reached',
  failsBecause: 'the counts of an audience and of a dry run are noised and paid from the same budget',
  trialsAWorld: 20,
  async run(arena) {
    const roster = await openRoster(arena, { pads: 1, known: KNOWN, rooms: 1 });
    const { attacker } = roster.pair;
    const destinationId = await openAccount(attacker);
    return tryInTurns(arena, roster, async (cell, seat) => {
      const spent = await spentIn(attacker, seat);
      const segment = `mine.number < 0 OR mine.number = ${numberOf(cell)}`;
      const { dry_run } = await draft(attacker, seat, { name: `With ${cell}`, segment, destinationId });
      const shown = dry_run?.would_deliver;
      const reached = shown !== undefined && 'value' in shown ? (shown.value ?? 0) : 0;
      return { guess: reached >= KNOWN + 6, picoRho: (await spentIn(attacker, seat)) - spent };
    });
  },
};
