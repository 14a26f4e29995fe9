// Pairs of numbers in ascending order of the left one: a radix sort, since a comparison of each two would cost more than the join.

export interface PairLists {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Pairs with the same left number keep their order. May answer the lists that were given. */
export function sortByLeft(pairs: PairLists): PairLists {
  const most = orderOf(pairs.left);
  if (most === undefined) return pairs;
  let from = pairs;
  let spare: PairLists | undefined;
  for (let shift = 0; shift < 32 && most >>> shift > 0; shift += DIGIT_BITS) {
    const to = spare ?? { left: new Uint32Array(from.left.length), right: new Uint32Array(from.left.length) };
    place(from, to, { starts: startsOf(from.left, shift), shift });
    // What was given is not written to.
    spare = from === pairs ? undefined : from;
    from = to;
  }
  return from;
}

/** The largest number; undefined where the numbers ascend already. */
function orderOf(numbers: Uint32Array): number | undefined {
  let most = 0;
  let ascends = true;
  for (let n = 0; n < numbers.length; n++) {
    const number = numbers[n] as number;
    if (number < most) ascends = false;
    else most = number;
  }
  return ascends ? undefined : most;
}

function startsOf(numbers: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(DIGITS + 1);
  for (let n = 0; n < numbers.length; n++) {
    const after = (((numbers[n] as number) >>> shift) & (DIGITS - 1)) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let digit = 1; digit < DIGITS; digit++) {
    starts[digit] = (starts[digit] as number) + (starts[digit - 1] as number);
  }
  return starts;
}

function place(from: PairLists, to: PairLists, { starts, shift }: { starts: Uint32Array; shift: number }): void {
  const { left, right } = from;
  for (let n = 0; n < left.length; n++) {
    const number = left[n] as number;
    const digit = (number >>> shift) & (DIGITS - 1);
    const at = starts[digit] as number;
    starts[digit] = at + 1;
    to.left[at] = number;
    to.right[at] = right[n] as number;
  }
}
