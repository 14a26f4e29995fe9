// Many random groups of a few targets, and of all possible truths the one that fits every answer best. Each cell is a puzzle of
// its own, and one question puts a piece to every puzzle.
import type { Attack, Trial } from '../attack.ts';
import { askCells, type CellsAnswer } from '../cells.ts';
import { numberOf, openRoster, TARGET } from '../roster.ts';

/** Targets that are reconstructed together: all 2^8 truths are tried. */
const TOGETHER = 8;
const QUESTIONS = 26;
/** So many persons still round to 100; a group is padded so that about half of its targets tip it to 110. */
const EDGE = 104;
/** What "fewer than 50" is taken for. */
const WITHHELD = 25;

export const linearReconstruction: Attack = {
  name: 'linear-reconstruction',
  source: 'Dinur and Nissim, PODS 2003; Cohen and Nissim 2020 against Diffix',
  does: 'asks for 26 random groups of 8 targets, padded to the edge of rounding, and takes the truth that explains all answers best',
  failsBecause:
    'noise of dozens on each answer leaves every truth about equally likely; more answers would end the budget',
  // A list of values in a question has two hundred places.
  trialsAWorld: 200,
  async run(arena) {
    const roster = await openRoster(arena, { pads: EDGE, together: TOGETHER, rooms: 1 });
    const cells = Array.from({ length: Math.ceil(arena.trials / TOGETHER) }, (_, cell) => cell);
    const targetsOf = (cell: number) => Math.min(TOGETHER, arena.trials - cell * TOGETHER);
    const asked: Asked[] = [];
    for (let question = 0; question < QUESTIONS; question += 1) {
      const chosen = arena.chance.between(1, TOGETHER);
      const pads = EDGE - Math.floor((chosen - 1) / 2) - (chosen % 2 === 0 ? arena.chance.between(0, 1) : 0);
      const masks = cells.map(() => maskOf(chosen, (below) => arena.chance.between(0, below - 1)));
      const numbers = masks.flatMap((mask, cell) => placesOf(mask).map((n) => numberOf(cell, TARGET + n)));
      const segment_text = `mine.place < ${pads} OR mine.number IN (${numbers.join(', ')})`;
      asked.push({ pads, masks, answer: await askCells(roster, roster.places[0]!, { segment_text }) });
    }
    const picoRho = asked.reduce((sum, { answer }) => sum + answer.picoRho, 0);
    arena.progress(arena.trials);
    return cells.flatMap((cell): Trial[] => {
      const truth = likeliestTruth(cell, targetsOf(cell), asked);
      return Array.from({ length: targetsOf(cell) }, (_, n) => ({
        isCustomer: roster.isCustomer[cell * TOGETHER + n] ?? false,
        guess: ((truth >> n) & 1) === 1,
        picoRho,
      }));
    });
  },
};

interface Asked {
  readonly pads: number;
  /** By cell; bit n: the n-th target is in the group. */
  readonly masks: readonly number[];
  readonly answer: CellsAnswer;
}

/** A truth that explains every answer as rounded, if there is one; otherwise the one that is nearest to all of them. */
function likeliestTruth(cell: number, targets: number, asked: readonly Asked[]): number {
  let best = { truth: 0, missed: Number.POSITIVE_INFINITY, squares: Number.POSITIVE_INFINITY };
  for (let truth = 0; truth < 2 ** targets; truth += 1) {
    let [missed, squares] = [0, 0];
    for (const { pads, masks, answer } of asked) {
      const shown = answer.of(cell)?.value ?? WITHHELD;
      const count = pads + placesOf((masks[cell] ?? 0) & truth).length;
      missed += Math.round(count / 10) * 10 === shown ? 0 : 1;
      squares += (shown - count) ** 2;
    }
    const isBetter = best.missed === 0 ? false : missed === 0 || squares < best.squares;
    if (isBetter) best = { truth, missed, squares };
  }
  return best.truth;
}

/** So many bits, drawn without replacement. */
function maskOf(bits: number, below: (bound: number) => number): number {
  const places = Array.from({ length: TOGETHER }, (_, n) => n);
  let mask = 0;
  for (let n = 0; n < bits; n += 1) mask |= 1 << places.splice(below(places.length), 1)[0]!;
  return mask;
}

function placesOf(mask: number): number[] {
  return Array.from({ length: TOGETHER }, (_, n) => n).filter((n) => (mask >> n) & 1);
}
