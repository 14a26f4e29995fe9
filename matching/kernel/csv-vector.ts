// The splitter of csv-plain.ts over sixteen bytes at a time, in WebAssembly: fields are found by comparing sixteen bytes at
// once, and a digest is decoded in a few instructions. Property tests hold both to the same result.
import { COMMA, CR, LF } from './csv-bytes.ts';
import {
  add,
  and,
  block,
  byteAt,
  type Code,
  equal,
  isZero,
  leave,
  leaveIf,
  less,
  loop,
  moduleOf,
  notLess,
  number,
  or,
  pairs,
  setByte,
  setWord,
  shiftLeft,
  sixteen,
  subtract,
  trailingZeros,
  type Variable,
  when,
  wordAt,
} from './wasm-code.ts';

const DIGEST_DIGITS = 64;

/** Addresses and bounds, in the order the function takes them. */
const PARAMETERS = [
  /** The first byte and the one behind the last. */
  'origin',
  'end',
  /** Whether no more bytes follow. */
  'last',
  /** Of each of the first `columns` fields two words: where its digests go and where their presence goes, or zeros. */
  'table',
  'columns',
  /** Rows that there is room for digests of. */
  'room',
  /** Four bytes an entry: starts and ends of fields, and the first field of each row. */
  'starts',
  'ends',
  'rowFields',
] as const;

const LOCALS = {
  at: 'number',
  record: 'number',
  start: 'number',
  stop: 'number',
  field: 'number',
  fields: 'number',
  fieldsBefore: 'number',
  rows: 'number',
  found: 'number',
  digits: 'sixteen',
  letters: 'sixteen',
  first: 'sixteen',
  second: 'sixteen',
  valid: 'sixteen',
} as const;

type Variables = Readonly<Record<(typeof PARAMETERS)[number] | keyof typeof LOCALS, Variable>>;

const entry = (base: Variable, n: Variable): Code => add(base.get, shiftLeft(n.get, number(2)));
const grow = (variable: Variable, by: number): Code => variable.set(add(variable.get, number(by)));
const endsField = (byte: Code): Code => or(equal(byte, number(COMMA)), equal(byte, number(LF)));

/** To the next record over a blank line, by `depth` blocks. */
function skipBlankLine({ record, end }: Variables, depth: number): Code[] {
  const isPair = and(
    and(equal(byteAt(record.get), number(CR)), less(add(record.get, number(1)), end.get)),
    equal(byteAt(record.get, 1), number(LF)),
  );
  return [
    when(equal(byteAt(record.get), number(LF)), [grow(record, 1), leave(depth + 1)]),
    when(isPair, [grow(record, 2), leave(depth + 1)]),
  ];
}

/** Values of sixteen hex digits into `into`; `valid` stays true where all of them are. */
function decode({ digits, letters, valid, at }: Variables, offset: number, into: Variable): Code[] {
  const { of } = sixteen;
  const text = sixteen.at(at.get, offset);
  const isDigit = sixteen.less(digits.get, of(10));
  const isLetter = sixteen.less(letters.get, of(6));
  return [
    digits.set(sixteen.subtract(text, of('0'.charCodeAt(0)))),
    letters.set(sixteen.subtract(text, of('a'.charCodeAt(0)))),
    valid.set(sixteen.and(valid.get, sixteen.or(isDigit, isLetter))),
    into.set(sixteen.or(sixteen.and(digits.get, isDigit), sixteen.and(sixteen.add(letters.get, of(10)), isLetter))),
  ];
}

/** From a value in each byte to the byte of each pair of values. */
function paired(values: Variable): Code {
  const both = sixteen.or(pairs.shiftLeft(values.get, 4), pairs.shiftRight(values.get, 8));
  return sixteen.and(both, pairs.of(0xff));
}

/** If a digest stands at `at`, stages it, goes behind it and leaves by `depth` blocks. */
function takeDigest(own: Variables, depth: number): Code {
  const { at, end, field, columns, table, rows, room, first, second, valid } = own;
  const place = add(table.get, shiftLeft(field.get, number(3)));
  const behind = byteAt(at.get, DIGEST_DIGITS);
  return when(less(field.get, columns.get), [
    when(and(less(rows.get, room.get), less(add(at.get, number(DIGEST_DIGITS)), end.get)), [
      when(and(isZero(isZero(wordAt(place))), endsField(behind)), [
        valid.set(sixteen.of(-1)),
        ...decode(own, 32, first),
        ...decode(own, 48, first),
        ...decode(own, 0, first),
        ...decode(own, 16, second),
        when(sixteen.isAllTrue(valid.get), [
          sixteen.set(add(wordAt(place), shiftLeft(rows.get, number(4))), pairs.narrow(paired(first), paired(second))),
          setByte(add(wordAt(place, 4), rows.get), number(1)),
          grow(at, DIGEST_DIGITS),
          leave(depth + 4),
        ]),
      ]),
    ]),
  ]);
}

/** Goes to the comma or line end behind the field, or to the end. */
function findFieldEnd({ at, end, found }: Variables): Code {
  const text = sixteen.at(at.get);
  const ends = sixteen.or(sixteen.equal(text, sixteen.of(COMMA)), sixteen.equal(text, sixteen.of(LF)));
  return block(
    loop(
      when(notLess(end.get, add(at.get, number(16))), [
        found.set(sixteen.bits(ends)),
        when(found.get, [at.set(add(at.get, trailingZeros(found.get))), leave(3)]),
        grow(at, 16),
        leave(1),
      ]),
    ),
    loop(leaveIf(1, notLess(at.get, end.get)), leaveIf(1, endsField(byteAt(at.get))), grow(at, 1), leave(0)),
  );
}

function pushField({ starts, ends, fields, origin, start, stop }: Variables): Code[] {
  return [
    setWord(entry(starts, fields), subtract(start.get, origin.get)),
    setWord(entry(ends, fields), subtract(stop.get, origin.get)),
    grow(fields, 1),
  ];
}

/** Gives the rows; where they end stands behind the entries of `rowFields`. */
const MODULE = moduleOf({ name: 'split', parameters: PARAMETERS, locals: LOCALS }, (own) => {
  const { origin, end, last, rowFields, at, record, start, stop, field, fields, fieldsBefore, rows } = own;
  return [
    record.set(origin.get),
    setWord(rowFields.get, number(0)),
    block(
      loop(
        leaveIf(1, notLess(record.get, end.get)),
        ...skipBlankLine(own, 0),
        fieldsBefore.set(fields.get),
        at.set(record.get),
        field.set(number(0)),
        block(
          loop(
            start.set(at.get),
            block(takeDigest(own, 0), findFieldEnd(own)),
            when(and(equal(at.get, end.get), isZero(last.get)), [fields.set(fieldsBefore.get), leave(4)]),
            stop.set(at.get),
            when(less(at.get, end.get), [
              when(equal(byteAt(at.get), number(COMMA)), [...pushField(own), grow(at, 1), grow(field, 1), leave(2)]),
            ]),
            when(less(start.get, at.get), [
              when(equal(byteAt(subtract(at.get, number(1))), number(CR)), [stop.set(subtract(at.get, number(1)))]),
            ]),
            ...pushField(own),
          ),
        ),
        grow(rows, 1),
        setWord(entry(rowFields, rows), fields.get),
        record.set(at.get),
        when(less(at.get, end.get), [grow(record, 1)]),
        leave(0),
      ),
    ),
    setWord(add(entry(rowFields, rows), number(4)), subtract(record.get, origin.get)),
    rows.get,
  ];
});

/** The splitter over the memory it is given. */
export function splitterOf(memory: WebAssembly.Memory): (...numbers: number[]) => number {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { memory: { own: memory } });
  return instance.exports.split as (...numbers: number[]) => number;
}
