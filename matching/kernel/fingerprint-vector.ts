// Keyed fingerprints of long cells, in WebAssembly: NH with a Toeplitz key (RFC 4418, section 5.2.2), three times 64 bits. Who does not
// know the key finds two cells of one length and one fingerprint with a chance of 2^-96, whatever the cells.
import {
  add,
  block,
  type Code,
  leave,
  leaveIf,
  less,
  longs,
  loop,
  moduleOf,
  notLess,
  number,
  shiftLeft,
  sixteen,
  subtract,
  type Variable,
  when,
  wordAt,
  words,
} from './wasm-code.ts';

/** Bytes that are multiplied together; a shorter cell has no fingerprint. */
export const FINGERPRINT_BLOCK = 32;
/** Of one fingerprint; 24 are written. */
export const FINGERPRINT_BYTES = 32;

const SIXTEEN = 16;
const TIMES = ['first', 'second', 'third'] as const;

/** Where the key is shifted by sixteen bytes for each time, and another block stands for the end of a cell. */
export const keyBytes = (cellBytes: number): number =>
  cellBytes + FINGERPRINT_BLOCK + SIXTEEN * TIMES.length + FINGERPRINT_BLOCK;

/** Addresses, in the order the function takes them: `starts` and `ends` are lists of offsets from `origin`, four bytes each. */
const PARAMETERS = ['origin', 'starts', 'ends', 'count', 'keys', 'results'] as const;

const LOCALS = {
  n: 'number',
  at: 'number',
  end: 'number',
  key: 'number',
  low: 'sixteen',
  high: 'sixteen',
  left: 'sixteen',
  right: 'sixteen',
  first: 'sixteen',
  second: 'sixteen',
  third: 'sixteen',
} as const;

type Variables = Readonly<Record<(typeof PARAMETERS)[number] | keyof typeof LOCALS, Variable>>;

const entry = (list: Variable, n: Variable): Code => wordAt(add(list.get, shiftLeft(n.get, number(2))));
const grow = (variable: Variable, by: number): Code => variable.set(add(variable.get, number(by)));

/** Adds the products of one block to all three sums. */
function takeBlock(own: Variables, address: Code): Code[] {
  const { key, low, high, left, right } = own;
  return [
    low.set(sixteen.at(address)),
    high.set(sixteen.at(address, SIXTEEN)),
    ...TIMES.flatMap((name, time) => {
      const sum = own[name];
      return [
        left.set(words.add(low.get, sixteen.at(key.get, SIXTEEN * time))),
        right.set(words.add(high.get, sixteen.at(key.get, SIXTEEN * (time + 1)))),
        sum.set(longs.add(sum.get, words.multiplyLow(left.get, right.get))),
        sum.set(longs.add(sum.get, words.multiplyHigh(left.get, right.get))),
      ];
    }),
    grow(key, FINGERPRINT_BLOCK),
  ];
}

/** What is left behind the last whole block is told by the last bytes of the cell, some of them for the second time. */
const MODULE = moduleOf({ name: 'fingerprint', parameters: PARAMETERS, locals: LOCALS }, (own) => {
  const { origin, starts, ends, count, keys, results, n, at, end, key } = own;
  return [
    block(
      loop(
        leaveIf(1, notLess(n.get, count.get)),
        at.set(add(origin.get, entry(starts, n))),
        end.set(add(origin.get, entry(ends, n))),
        key.set(keys.get),
        ...TIMES.map((name) => own[name].set(sixteen.of(0))),
        block(
          loop(
            leaveIf(1, less(end.get, add(at.get, number(FINGERPRINT_BLOCK)))),
            ...takeBlock(own, at.get),
            grow(at, FINGERPRINT_BLOCK),
            leave(0),
          ),
        ),
        when(less(at.get, end.get), takeBlock(own, subtract(end.get, number(FINGERPRINT_BLOCK)))),
        ...TIMES.map((name, time) => longs.setSum(results.get, 8 * time, own[name].get)),
        grow(results, FINGERPRINT_BYTES),
        grow(n, 1),
        leave(0),
      ),
    ),
    n.get,
  ];
});

/** Over the memory it is given. */
export function fingerprinterOf(memory: WebAssembly.Memory): (...numbers: number[]) => number {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { memory: { own: memory } });
  return instance.exports.fingerprint as (...numbers: number[]) => number;
}
