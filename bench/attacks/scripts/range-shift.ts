// Moves the edge of a range by one step over the target, of numbers and of days.
import type { Arena, Attack, Trial } from '../attack.ts';
import { type Answered, ask } from '../partner.ts';
import { dayOf, numberOf, openRoster, type Roster, type Seat, TARGET } from '../roster.ts';

/** Two edges for each target, and at most a hundred in one question. */
const TARGETS_A_QUESTION = 50;

type Edge = (cell: number, place?: number) => number | string;

export const numberShift: Attack = {
  name: 'number-range-shift',
  source: 'range differencing (FTC 2024-11 on clean rooms names the class)',
  does: 'asks for bins that end just before the target, then for bins that end just behind it',
  failsBecause: 'each answer has noise of its own, and the second is another question that is paid for',
  run: (arena) => shiftOver(arena, { attribute: 'number', edge: numberOf }),
};

export const dateShift: Attack = {
  name: 'date-range-shift',
  source: 'range differencing by the day (Gadotti et al., USENIX Security 2019)',
  does: 'asks for a period that ends the day before the target, then for one that ends on the day',
  failsBecause: 'each answer has noise of its own, and the second is another question that is paid for',
  run: (arena) => shiftOver(arena, { attribute: 'day', edge: dayOf }),
};

async function shiftOver(arena: Arena, by: { attribute: string; edge: Edge }): Promise<Trial[]> {
  const roster = await openRoster(arena, { rooms: 2 });
  const batches = Array.from({ length: Math.ceil(arena.trials / TARGETS_A_QUESTION) }, (_, batch) => {
    const first = batch * TARGETS_A_QUESTION;
    return Array.from({ length: Math.min(TARGETS_A_QUESTION, arena.trials - first) }, (_, n) => first + n);
  });
  const tried = await Promise.all(
    batches.map((cells, batch) =>
      shiftOnce(roster, { ...by, cells, seat: roster.places[batch % roster.places.length]! }),
    ),
  );
  arena.progress(arena.trials);
  return tried.flat();
}

async function shiftOnce(
  { pair, isCustomer }: Roster,
  of: { attribute: string; edge: Edge; cells: readonly number[]; seat: Seat },
): Promise<Trial[]> {
  const { attribute, edge, cells, seat } = of;
  const binsUpTo = (place: number) => cells.flatMap((cell) => [edge(cell, 0), edge(cell, place)]);
  const count = (place: number) =>
    ask(pair.attacker.analyst, seat.collaborationId, {
      analysis: 'profile',
      match_id: seat.matchId,
      breakdown: [{ source: 'mine', attribute, bins: binsUpTo(place) }],
    });
  const before = await count(TARGET);
  const behind = await count(TARGET + 1);
  const figure = (answer: Answered, cell: number, place: number) =>
    answer.result?.metrics[0]?.cells.find(
      ({ key }) => key[`mine.${attribute}`] === `${edge(cell, 0)}..<${edge(cell, place)}`,
    )?.value ?? 0;
  return cells.map((cell) => ({
    isCustomer: isCustomer[cell] ?? false,
    guess: figure(behind, cell, TARGET + 1) > figure(before, cell, TARGET),
    picoRho: before.picoRho + behind.picoRho,
  }));
}
