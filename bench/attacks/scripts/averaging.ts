// Noise has no mean: whoever gets it drawn often enough for one figure has the figure.
import type { Arena, Attack, Trial } from '../attack.ts';
import { askCells, type CellsAnswer, countOf, guessAll, meanOf } from '../cells.ts';
import { match } from '../room.ts';
import { openRoster, type Roster, type Seat } from '../roster.ts';

/** The figure of 54 and of 55 in the middle; averages lie on one side of it. */
const MIDDLE = 54.5;

export const averagingByRewrite: Attack = {
  name: 'averaging-by-rewrite',
  source: 'Gadotti et al., USENIX Security 2019; query rewriting against sticky noise',
  does: 'asks one question in many spellings that mean the same, and averages',
  failsBecause: 'questions are compared by what they select, and the same question has the same answer',
  run: (arena) =>
    averageOver(arena, {
      rooms: 1,
      draws: (roster, seat) => REWRITES.map((segment_text) => askCells(roster, seat, { segment_text })),
    }),
};

export const averagingByReorder: Attack = {
  name: 'averaging-by-reorder',
  source: 'Gadotti et al., USENIX Security 2019; order of operands, of columns, of sides',
  does: 'asks one question with its parts in every order, with the sides of the match swapped too, and averages',
  failsBecause: 'order and sides do not enter what a question is compared by',
  run: (arena) => averageOver(arena, { rooms: 1, draws: reorderings }),
};

export const dummyConditions: Attack = {
  name: 'dummy-conditions',
  source: 'Gadotti et al., USENIX Security 2019: cloned dummy conditions',
  does: 'adds conditions that are true of everybody in the data but not by logic, so that each question is a new one, and averages',
  failsBecause: 'each of the questions is paid for; the ledger ends long before the average tells one person',
  run: (arena) => averageOver(arena, { rooms: 1, draws: dummies }),
};

export const collaborationsAveraged: Attack = {
  name: 'several-collaborations',
  source: 'a budget for each room: the same data in several collaborations',
  does: 'has the victim accept eight collaborations over the same data, asks the same in each, and averages',
  failsBecause:
    'eight answers are still noise of a dozen and more, and a dataset has one budget towards a partner in all of them',
  run: (arena) => averageOver(arena, { rooms: 8, draws: (roster, seat) => [askCells(roster, seat)] }),
};

type Draws = (roster: Roster, seat: Seat) => readonly Promise<CellsAnswer>[];

async function averageOver(arena: Arena, of: { rooms: number; draws: Draws }): Promise<Trial[]> {
  const roster = await openRoster(arena, { rooms: of.rooms });
  const answers = await Promise.all(roster.places.flatMap((seat) => of.draws(roster, seat)));
  const picoRho = answers.reduce((sum, answer) => sum + answer.picoRho, 0);
  const guess = (cell: number) => meanOf(answers.map((answer) => countOf(answer.of(cell)))) > MIDDLE;
  return guessAll(arena, roster, { picoRho, guess });
}

const REWRITES = [
  'mine.number IS KNOWN',
  'mine.number IS KNOWN AND mine.number IS KNOWN',
  'mine.number IS KNOWN OR mine.number IS KNOWN',
  'mine.number < 7 OR mine.number >= 7',
  'mine.number <= 7 OR mine.number > 7',
  'mine.number = 7 OR mine.number != 7',
  'mine.number >= 7 OR mine.number < 7',
  'mine.number != 3 OR mine.number = 3',
  'mine.number < 9 OR mine.number IN (9) OR mine.number > 9',
  'mine.number IS KNOWN OR mine.number = 4',
  'mine.number IS KNOWN EXCEPT (mine.number < 3 AND mine.number > 5)',
  'mine.number IS KNOWN EXCEPT (mine.number IS KNOWN EXCEPT mine.number IS KNOWN)',
];

function reorderings(roster: Roster, seat: Seat): Promise<CellsAnswer>[] {
  const column = { source: 'mine', attribute: 'column' };
  const row = { source: 'mine', attribute: 'row' };
  const texts = ['mine.number < 95 OR mine.number >= 96', 'mine.number >= 96 OR mine.number < 95'];
  const orders = [
    [row, column],
    [column, row],
  ];
  const asked = (at: Promise<Seat>) =>
    texts.flatMap((segment_text) =>
      orders.map(async (breakdown) => askCells(roster, await at, { segment_text, breakdown })),
    );
  const swapped = match(roster.pair.attacker.analyst, seat, { left: seat.theirs, right: seat.mine });
  return [...asked(Promise.resolve(seat)), ...asked(swapped.then((matchId) => ({ ...seat, matchId })))];
}

function dummies(roster: Roster, seat: Seat): Promise<CellsAnswer>[] {
  const DRAWS = 40;
  return Array.from({ length: DRAWS }, (_, n) => askCells(roster, seat, { segment_text: `mine.number > ${-1 - n}` }));
}
