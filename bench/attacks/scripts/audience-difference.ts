// An audience, and the same audience with one person more. Whoever holds the account counts what arrives.
import { type Attack, tryInTurns } from '../attack.ts';
import { deliver, draft, openAccount, spentIn } from '../audiences.ts';
import { numberOf, openRoster } from '../roster.ts';

/** Enough that the size of the audience is never in doubt. */
const KNOWN = 1_504;

export const audienceDifference: Attack = {
  name: 'audience-difference-by-one',
  source: 'Faizullabhoy and Korolova 2018; IAB PAIR 1.1 asks for differences of at least 50',
  does: "delivers an audience of planted accounts, then one with the target too, and compares what the destination's own reach shows",
  failsBecause: 'the second differs by fewer than 50 or by none, which is one and the same refusal',
  trialsAWorld: 20,
  async run(arena) {
    const roster = await openRoster(arena, { pads: 1, known: KNOWN, rooms: 1 });
    const { pair } = roster;
    const seat = roster.places[0]!;
    const destinationId = await openAccount(pair.attacker);
    const reachOf = async (name: string, segment: string) => {
      const delivery = await deliver(pair, await draft(pair.attacker, seat, { name, segment, destinationId }));
      return delivery?.report?.sent.added ?? null;
    };
    const before = await reachOf('Everybody known', 'mine.number < 0');
    const paidForAll = await spentIn(pair.attacker, seat);
    return tryInTurns(arena, roster, async (cell) => {
      const spent = await spentIn(pair.attacker, seat);
      const after = await reachOf(`With ${cell}`, `mine.number < 0 OR mine.number = ${numberOf(cell)}`);
      const picoRho = paidForAll + (await spentIn(pair.attacker, seat)) - spent;
      return { guess: after === null ? arena.chance.happens(0.5) : after > (before ?? 0), picoRho };
    });
  },
};
