// A few words of WebAssembly, written as calls: each instruction takes the code of its operands and gives its own. What is
// written with them is read like the loop it stands for, and needs no compiler beside the engine's.

export type Code = readonly number[];

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}

const binary = (opcode: number) => (a: Code, b: Code) => [...a, ...b, opcode];
const load =
  (opcode: number) =>
  (address: Code, offset = 0) => [...address, opcode, 0, ...unsigned(offset)];
const store = (opcode: number) => (address: Code, value: Code) => [...address, ...value, opcode, 0, 0];

export const number = (value: number): Code => [0x41, ...signed(value)];
export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const and = binary(0x71);
export const or = binary(0x72);
export const shiftLeft = binary(0x74);
export const equal = binary(0x46);
/** Of unsigned numbers, as addresses are. */
export const less = binary(0x49);
export const notLess = binary(0x4f);
export const isZero = (a: Code): Code => [...a, 0x45];
export const trailingZeros = (a: Code): Code => [...a, 0x68];
export const byteAt = load(0x2d);
export const wordAt = load(0x28);
export const setByte = store(0x3a);
export const setWord = store(0x36);

const vector = (opcode: number) => [0xfd, ...unsigned(opcode)];
const vectors = (opcode: number) => (a: Code, b: Code) => [...a, ...b, ...vector(opcode)];

/** Sixteen bytes at a time. */
export const sixteen = {
  at: (address: Code, offset = 0): Code => [...address, ...vector(0), 0, ...unsigned(offset)],
  set: (address: Code, value: Code): Code => [...address, ...value, ...vector(11), 0, 0],
  /** The same byte sixteen times. */
  of: (byte: number): Code => [...number(byte), ...vector(15)],
  equal: vectors(35),
  less: vectors(38),
  and: vectors(78),
  or: vectors(80),
  add: vectors(110),
  subtract: vectors(113),
  isAllTrue: (a: Code): Code => [...a, ...vector(99)],
  /** A bit for each byte. */
  bits: (a: Code): Code => [...a, ...vector(100)],
};

/** Eight pairs of bytes at a time. */
export const pairs = {
  of: (value: number): Code => [...number(value), ...vector(16)],
  shiftLeft: (a: Code, bits: number): Code => [...a, ...number(bits), ...vector(139)],
  shiftRight: (a: Code, bits: number): Code => [...a, ...number(bits), ...vector(141)],
  /** The low bytes of both, behind one another. */
  narrow: vectors(102),
};

/** Four words at a time. */
export const words = {
  add: vectors(174),
  /** Products of the two low words of both, and of the two high ones, as unsigned numbers. */
  multiplyLow: vectors(222),
  multiplyHigh: vectors(223),
};

/** Two numbers of 64 bits at a time. */
export const longs = {
  add: vectors(206),
  /** Their sum, at an address. */
  setSum: (address: Code, offset: number, both: Code): Code => {
    const lane = (n: number) => [...both, ...vector(29), n];
    return [...address, ...lane(0), ...lane(1), 0x7c, 0x37, 0, ...unsigned(offset)];
  },
};

const NOTHING = 0x40;

/** `leave(0)` within it goes to its end. */
export const block = (...body: Code[]): Code => [0x02, NOTHING, ...body.flat(), 0x0b];
/** `leave(0)` within it goes to its start. */
export const loop = (...body: Code[]): Code => [0x03, NOTHING, ...body.flat(), 0x0b];
export const when = (condition: Code, then: readonly Code[], otherwise: readonly Code[] = []): Code => [
  ...condition,
  0x04,
  NOTHING,
  ...then.flat(),
  ...(otherwise.length === 0 ? [] : [0x05, ...otherwise.flat()]),
  0x0b,
];
/** Leaves as many enclosing blocks, loops and `when`s, and the one after them. */
export const leave = (depth: number): Code => [0x0c, ...unsigned(depth)];
export const leaveIf = (depth: number, condition: Code): Code => [...condition, 0x0d, ...unsigned(depth)];

const TYPES = { number: 0x7f, sixteen: 0x7b } as const;

export interface Variable {
  readonly get: Code;
  set(value: Code): Code;
}

export interface FunctionShape<P extends string, L extends string> {
  readonly name: string;
  /** Numbers all. */
  readonly parameters: readonly P[];
  readonly locals: Readonly<Record<L, keyof typeof TYPES>>;
}

/** A module of one function of numbers that gives a number; its memory is imported as `memory.own`. */
export function moduleOf<P extends string, L extends string>(
  { name, parameters, locals }: FunctionShape<P, L>,
  body: (variables: Readonly<Record<P | L, Variable>>) => Code[],
): Uint8Array<ArrayBuffer> {
  const names = [...parameters, ...(Object.keys(locals) as L[])];
  const variables = Object.fromEntries(names.map((one, n) => [one, variable(n)])) as Record<P | L, Variable>;
  const declared = Object.values<keyof typeof TYPES>(locals).map((type) => [1, TYPES[type]]);
  const code = [...list(declared), ...body(variables).flat(), 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...list(parameters.map(() => [TYPES.number])), 1, TYPES.number]]),
    ...section(2, [[...text('memory'), ...text('own'), 0x02, 0, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[...text(name), 0, 0]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

function variable(place: number): Variable {
  return { get: [0x20, ...unsigned(place)], set: (value) => [...value, 0x21, ...unsigned(place)] };
}

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (value: string): number[] => list([...Buffer.from(value)].map((byte) => [byte]));

function section(id: number, items: readonly Code[]): number[] {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}
