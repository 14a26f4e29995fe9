// Turns a segment into SQL over bitmaps of persons: values are bound, columns come by position from the schema.
// NULL never enters a bitmap, so that an unknown attribute satisfies nothing and EXCEPT removes nobody for it.

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
  /** One select of a tuple of bitmaps for each side that criteria touch: `tuple(…)` over its people. */
  readonly criteria: Readonly<Record<Side, readonly string[]>>;
  /** The bitmap of all selected persons, when the whole segment speaks of one side. */
  readonly bitmap: string | undefined;
  /** True for a selected pair, over `left_person` and `right_person`. */
  readonly condition: string;
  readonly params: Params;
}

/** Either a bitmap of one side, where groups are bitmap operations, or a condition on pairs, where both sides meet. */
type Part = { readonly side: Side; readonly bitmap: string } | { readonly condition: string };

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
    criteria: builder.criteria,
    bitmap: 'bitmap' in part ? part.bitmap : undefined,
    condition: conditionOf(part),
    params: builder.params,
  };
}

class SegmentSqlBuilder {
  readonly criteria: Record<Side, string[]> = { left: [], right: [] };
  readonly params: Record<string, ParamValue> = {};
  readonly #sources: ReadonlyMap<string, SegmentSource>;

  constructor(sources: ReadonlyMap<string, SegmentSource>) {
    this.#sources = sources;
  }

  part(segment: Segment): Part {
    if ('criterion' in segment) return this.#criterion(segment.criterion);
    if ('and' in segment)
      return joined(
        segment.and.map((member) => this.part(member)),
        'bitmapAnd',
        'AND',
      );
    if ('or' in segment)
      return joined(
        segment.or.map((member) => this.part(member)),
        'bitmapOr',
        'OR',
      );
    const [keep, drop] = [this.part(segment.except[0]), this.part(segment.except[1])];
    if ('bitmap' in keep && 'bitmap' in drop && keep.side === drop.side) {
      return { side: keep.side, bitmap: `bitmapAndnot(${keep.bitmap}, ${drop.bitmap})` };
    }
    return { condition: `(${conditionOf(keep)} AND NOT ${conditionOf(drop)})` };
  }

  #criterion(test: CriterionTest): Part {
    const source = this.#sources.get(test.source);
    const attribute = source?.attributes.find((candidate) => candidate.attribute === test.attribute);
    if (source === undefined || attribute === undefined) throw new Error('the segment was not checked');
    const criteria = this.criteria[source.side];
    criteria.push(`groupBitmapStateIf(person, ifNull(${this.#test(test, attribute)}, 0))`);
    return { side: source.side, bitmap: `${source.side}_criteria.${criteria.length}` };
  }

  #test(test: CriterionTest, { column, kind }: AttributeColumn): string {
    if (!/^a_\d+$/.test(column)) throw new Error('not the column of an attribute');
    if (test.operator === 'is-known') return `isNotNull(${column})`;
    if (test.operator === 'is-true') return `${column} = 1`;
    const type = BOUND_TYPES[kind];
    if (test.operator === 'in') {
      const list = this.#bind(test.value.map(boundText), 'Array(String)');
      return `has(arrayMap(v -> CAST(v, '${type}'), ${list}), ${column})`;
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

/** Members of one side fold into one bitmap first; what is left of both sides is joined pair by pair. */
function joined(parts: readonly Part[], operation: 'bitmapAnd' | 'bitmapOr', word: 'AND' | 'OR'): Part {
  const folded: Part[] = parts.filter((part) => 'condition' in part);
  for (const side of ['left', 'right'] as const) {
    const bitmaps = parts.flatMap((part) => ('bitmap' in part && part.side === side ? [part.bitmap] : []));
    if (bitmaps.length > 0) {
      folded.push({ side, bitmap: bitmaps.reduce((one, other) => `${operation}(${one}, ${other})`) });
    }
  }
  const [only] = folded;
  if (only !== undefined && folded.length === 1) return only;
  return { condition: `(${folded.map(conditionOf).join(` ${word} `)})` };
}

function conditionOf(part: Part): string {
  return 'condition' in part ? part.condition : `bitmapContains(${part.bitmap}, ${part.side}_person)`;
}
