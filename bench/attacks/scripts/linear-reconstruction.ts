// Many random groups of a few targets, and of all possible truths the one that fits every answer best.
import type { Chance } from '../../synthetic-people/random.ts';
import type { Attack, Trial } from '../attack.ts';
import { ask, figureOf } from '../partner.ts';
import { numberOf, openRoster, type Roster, type Seat } from '../roster.ts';

/** Targets that are reconstructed together: all 2^8 truths are tried. */
const TOGETHER = 8;
const QUESTIONS = 24;
/** So many persons still round to 100; a question is padded so that about half of its targets tip it to 110. */
const EDGE = 104;
/** What "fewer than 50" is taken for. */
const WITHHELD = 25;

export const linearReconstruction: Attack = {
  name: 'linear-reconstruction',
  source: 'Dinur and Nissim, PODS 2003; Cohen and Nissim 2020 against Diffix',
  does: 'asks for 24 random groups of 8 targets, padded to the edge of rounding, and takes the truth that explains all answers best',
  failsBecause:
    'noise of dozens on each answer leaves every truth about equally likely; more answers would end the budget',
  trialsAWorld: 32,
  async run(arena) {
    const roster = await openRoster(arena, { pads: 1, known: EDGE, rooms: Math.ceil(arena.trials / TOGETHER) });
    const groups = roster.seats.map((seat, place) => {
      const cells = Array.from({ length: TOGETHER }, (_, n) => place * TOGETHER + n).filter((n) => n < arena.trials);
      return { seat, cells, questions: drawQuestions(arena.chance, cells.length) };
    });
    const solved = await Promise.all(
      groups.map(async (group) => {
        const trials = await reconstruct(roster, group);
        arena.progress(trials.length);
        return trials;
      }),
    );
    return solved.flat();
  },
};

interface GroupQuestion {
  /** Bit n: the n-th target is in the group. */
  readonly mask: number;
  readonly pads: number;
}

function drawQuestions(chance: Chance, targets: number): GroupQuestion[] {
  return Array.from({ length: QUESTIONS }, () => {
    const mask = chance.between(1, 2 ** targets - 1);
    const chosen = bitsOf(mask);
    const half = Math.floor((chosen - 1) / 2) + (chosen % 2 === 0 ? chance.between(0, 1) : 0);
    return { mask, pads: EDGE - half };
  });
}

async function reconstruct(
  { pair, isCustomer }: Roster,
  of: { seat: Seat; cells: readonly number[]; questions: readonly GroupQuestion[] },
): Promise<Trial[]> {
  const { seat, cells, questions } = of;
  const answers = await Promise.all(
    questions.map(({ mask, pads }) => {
      const chosen = cells.filter((_, n) => (mask >> n) & 1).map((cell) => numberOf(cell));
      return ask(pair.attacker.analyst, seat.collaborationId, {
        analysis: 'segment-size',
        match_id: seat.matchId,
        segment_text: `mine.number < ${pads - EDGE} OR mine.number IN (${chosen.join(', ')})`,
      });
    }),
  );
  const best = likeliestTruth(cells.length, (truth) =>
    questions.map(({ mask, pads }, n) => ({
      shown: figureOf(answers[n]!) ?? WITHHELD,
      true: pads + bitsOf(mask & truth),
    })),
  );
  const picoRho = answers.reduce((sum, answer) => sum + answer.picoRho, 0);
  return cells.map((cell, n) => ({ isCustomer: isCustomer[cell] ?? false, guess: ((best >> n) & 1) === 1, picoRho }));
}

/** A truth that explains every answer as rounded, if there is one; otherwise the one that is nearest to all of them. */
function likeliestTruth(targets: number, explain: (truth: number) => { shown: number; true: number }[]): number {
  const misfit = (truth: number) =>
    explain(truth).reduce(
      (sum, each) => {
        const isExplained = Math.round(each.true / 10) * 10 === each.shown;
        return { missed: sum.missed + (isExplained ? 0 : 1), squares: sum.squares + (each.shown - each.true) ** 2 };
      },
      { missed: 0, squares: 0 },
    );
  const truths = Array.from({ length: 2 ** targets }, (_, truth) => ({ truth, ...misfit(truth) }));
  const exact = truths.find(({ missed }) => missed === 0);
  return (exact ?? truths.reduce((least, each) => (each.squares < least.squares ? each : least))).truth;
}

function bitsOf(mask: number): number {
  return mask === 0 ? 0 : (mask & 1) + bitsOf(mask >> 1);
}
