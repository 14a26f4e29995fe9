// Turns a segment into SQL: what speaks of one side becomes one condition over its people, and where both sides meet, a bitmap of
// the persons who fulfil it. Values are bound, columns come by position from the schema. NULL is never true: an unknown attribute
// satisfies nothing, and EXCEPT removes nobody for it.

import type { Params, ParamValue } from './engine/engine.ts';
import type { Comparison, CriterionTest, Segment, SegmentScalar } from './segment.ts';
import type { AttributeColumn } from './tables.ts';

export type Side = 'left' | 'right';

/** What an alias of a segment stands for: the people of one side of a match, or of an own dataset (left). */
export interface SegmentSource {
  readonly side: Side;
  readonly attributes: readonly AttributeColumn[];
}

export interface SegmentSql {
  /** One select of a tuple of bitmaps for each side whose persons `condition` asks for: `tuple(…)` over its people. */
  readonly bitmaps: Readonly<Record<Side, readonly string[]>>;
  /** True for a selected row of people, when the whole segment speaks of one side. */
  readonly ownCondition: string | undefined;
  /** True for a selected pair, over `left_person` and `right_person`. */
  readonly condition: string;
  readonly params: Params;
}

/** Either a condition on the people of one side, or one on pairs, where both sides meet. Each is true, or else 0 or NULL. */
type Part = { readonly side: Side; readonly people: string } | { readonly pairs: string };

const SQL_COMPARISONS: Readonly<Record<Comparison, string>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=': '=',
  '!=': '!=',
};
const BOUND_TYPES: Readonly<Record<AttributeColumn['kind'], string>> = {
  boolean: 'UInt8',
  category: 'String',
  number: 'Float64',
  date: 'Date32',
};

/** The segment must have been checked against the criteria of these sources. */
export function segmentSql(segment: Segment, sources: ReadonlyMap<string, SegmentSource>): SegmentSql {
  const builder = new SegmentSqlBuilder(sources);
  const part = builder.part(segment);
  return {
    ownCondition: 'people' in part ? part.people : undefined,
    condition: builder.pairsCondition(part),
    bitmaps: builder.bitmaps,
    params: builder.params,
  };
}

class SegmentSqlBuilder {
  readonly bitmaps: Record<Side, string[]> = { left: [], right: [] };
  readonly params: Record<string, ParamValue> = {};
  readonly #sources: ReadonlyMap<string, SegmentSource>;

  constructor(sources: ReadonlyMap<string, SegmentSource>) {
    this.#sources = sources;
  }

  part(segment: Segment): Part {
    if ('criterion' in segment) return this.#criterion(segment.criterion);
    if ('and' in segment) return this.#joined(segment.and, 'AND');
    if ('or' in segment) return this.#joined(segment.or, 'OR');
    const [keep, drop] = [this.part(segment.except[0]), this.part(segment.except[1])];
    if ('people' in keep && 'people' in drop && keep.side === drop.side) {
      return { side: keep.side, people: exceptSql(keep.people, drop.people) };
    }
    return { pairs: exceptSql(this.pairsCondition(keep), this.pairsCondition(drop)) };
  }

  /** Persons of one side who fulfil a condition are found once, before the pairs are read. */
  pairsCondition(part: Part): string {
    if ('pairs' in part) return part.pairs;
    const bitmaps = this.bitmaps[part.side];
    bitmaps.push(`groupBitmapStateIf(person, ifNull(${part.people}, 0))`);
    return `bitmapContains(${part.side}_bitmaps.${bitmaps.length}, ${part.side}_person)`;
  }

  /** Members of one side fold into one condition first; what is left of both sides is joined pair by pair. */
  #joined(members: readonly Segment[], word: 'AND' | 'OR'): Part {
    const parts = members.map((member) => this.part(member));
    const folded: Part[] = parts.filter((part) => 'pairs' in part);
    for (const side of ['left', 'right'] as const) {
      const people = parts.flatMap((part) => ('people' in part && part.side === side ? [part.people] : []));
      if (people.length > 0) folded.push({ side, people: `(${people.join(` ${word} `)})` });
    }
    const [only] = folded;
    if (only !== undefined && folded.length === 1) return only;
    return { pairs: `(${folded.map((part) => this.pairsCondition(part)).join(` ${word} `)})` };
  }

  #criterion(test: CriterionTest): Part {
    const source = this.#sources.get(test.source);
    const attribute = source?.attributes.find((candidate) => candidate.attribute === test.attribute);
    if (source === undefined || attribute === undefined) throw new Error('the segment was not checked');
    return { side: source.side, people: this.#test(test, attribute) };
  }

  #test(test: CriterionTest, { column, kind }: AttributeColumn): string {
    if (!/^a_\d+$/.test(column)) throw new Error('not the column of an attribute');
    if (test.operator === 'is-known') return `isNotNull(${column})`;
    if (test.operator === 'is-true') return `${column} = 1`;
    const type = BOUND_TYPES[kind];
    if (test.operator === 'in') {
      return `${column} IN CAST(${this.#bind(test.value.map(boundText), 'Array(String)')}, 'Array(${type})')`;
    }
    return `${column} ${SQL_COMPARISONS[test.operator]} ${this.#bind(boundText(test.value), type)}`;
  }

  #bind(value: ParamValue, type: string): string {
    const name = `p${Object.keys(this.params).length}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }
}

/** Values travel as text, as the embedded engine's client refuses numbers beyond 2^53. */
function boundText(value: SegmentScalar): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function exceptSql(keep: string, drop: string): string {
  return `(${keep} AND NOT ifNull(${drop}, 0))`;
}
