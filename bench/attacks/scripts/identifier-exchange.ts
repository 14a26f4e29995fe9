// One row with two identifiers: the target's email, and the phone of a planted account. Which of them found the customer?
import { type Attack, tryInTurns } from '../attack.ts';
import { cellOf, LEAST_LIST, many, nobody, openListScene, overlapWith, planted, target } from '../lists.ts';

/** Planted accounts listed by phone alone. One more by phone turns 100 into 110. */
const BY_PHONE = 104;

export const identifierExchange: Attack = {
  name: 'identifier-exchange',
  source: 'Venkatadri et al., S&P 2018: de-duplication of emails and phones in audience sizes',
  does: "lists the target's email and a planted account's phone as one person, and reads how many were found by phone",
  failsBecause: 'counts by identifier type are noised, and their cost knows that one person may move two of them',
  trialsAWorld: 80,
  async run(arena) {
    const scene = await openListScene(arena, { types: ['email', 'phone'] });
    return tryInTurns(arena, scene, async (trial, desk) => {
      const both = { ...target(trial), ...planted(BY_PHONE, ['phone']) };
      const rows = [...many(BY_PHONE, (place) => planted(place, ['phone'])), both, ...many(LEAST_LIST, nobody)];
      const overlap = await overlapWith(arena, scene, { desk, rows, more: { by_identifier: true } });
      const byType = overlap.result?.metrics.find(({ name }) => name === 'by-identifier');
      const byPhone = cellOf(byType, ({ identifier }) => identifier === 'phone') ?? 0;
      return { guess: byPhone < 110, picoRho: overlap.picoRho };
    });
  },
};
