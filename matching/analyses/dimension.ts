// One attribute to count by: the SQL that sorts a person into its label, and the labels that are declared, which alone may
// show without a threshold. Edges and labels are bound, columns come by position from the schema.
import type { Params } from '../engine/engine.ts';
import { isIsoDate } from '../segment.ts';
import { type AttributeColumn, attributeColumns } from '../tables.ts';
import { AnalysisError, type Breakdown, type ResolvedContribution, type Side } from './analysis.ts';
import { MAX_BINS } from './limits.ts';

/** A cell's label in one dimension; null is unknown. */
export type Label = string | null;

export interface Dimension {
  readonly name: string;
  readonly side: Side;
  /** The column of the people's table, such as `a_3`. */
  readonly column: string;
  /** A Nullable(String) out of the column as it is called here. */
  readonly sql: (column: string) => string;
  readonly params: Params;
  /** Absent when only the data says which labels there are. */
  readonly declared: readonly Label[] | undefined;
  /** What the SQL gave, as people read it. */
  readonly labelOf: (found: Label) => Label;
}

export interface BreakdownSpot {
  /** JSON pointer into the question. */
  readonly pointer: string;
  /** Makes the names of bound values differ between dimensions. */
  readonly place: number;
}

/** Throws AnalysisError for a source or attribute that is not there, and for bins that do not fit its kind. */
export function dimensionOf(
  breakdown: Breakdown,
  contributions: readonly ResolvedContribution[],
  spot: BreakdownSpot,
): Dimension {
  const { attribute, source, place } = findAttribute(breakdown, contributions, spot);
  const name = `${breakdown.source}.${breakdown.attribute}`;
  const side = place === 0 ? 'left' : 'right';
  const base = { name, side, column: attribute.column } as const;
  if (attribute.kind === 'boolean') return { ...base, ...booleanLabels(breakdown, spot) };
  if (attribute.kind === 'category') return { ...base, ...categoryLabels(breakdown, source, spot) };
  return { ...base, ...binLabels(breakdown, attribute.kind, spot) };
}

type Labels = Pick<Dimension, 'sql' | 'params' | 'declared' | 'labelOf'>;

function findAttribute(
  breakdown: Breakdown,
  contributions: readonly ResolvedContribution[],
  { pointer }: BreakdownSpot,
): { attribute: AttributeColumn; source: ResolvedContribution; place: number } {
  const place = contributions.findIndex(({ alias }) => alias === breakdown.source);
  const source = contributions[place];
  if (source === undefined) {
    throw new AnalysisError('source_unknown', { pointer: `${pointer}/source`, hint: 'no contribution has this alias' });
  }
  const attribute = attributeColumns(source.schema).find((column) => column.attribute === breakdown.attribute);
  if (attribute === undefined) {
    const hint = 'the dataset has no such attribute';
    throw new AnalysisError('attribute_unknown', { pointer: `${pointer}/attribute`, hint });
  }
  return { attribute, source, place };
}

function booleanLabels({ bins }: Breakdown, { pointer }: BreakdownSpot): Labels {
  if (bins !== undefined) refuseBins(pointer, 'yes and no need no bins');
  return {
    sql: (column) => `toString(${column})`,
    params: {},
    declared: ['true', 'false', null],
    labelOf: (found) => (found === null ? null : found === '1' ? 'true' : 'false'),
  };
}

function categoryLabels(breakdown: Breakdown, { schema }: ResolvedContribution, spot: BreakdownSpot): Labels {
  const labelOf = (found: Label) => found;
  if (breakdown.bins === undefined) {
    const column = schema.columns[breakdown.attribute];
    const categories = column?.role === 'attribute' ? column.categories : undefined;
    const declared = categories === undefined ? undefined : [...categories, null];
    return { sql: (name) => `CAST(${name}, 'Nullable(String)')`, params: {}, declared, labelOf };
  }
  const chosen = breakdown.bins.map(String);
  requireBins(chosen, new Set(chosen).size === chosen.length, spot.pointer);
  const given = `d${spot.place}_labels`;
  return {
    sql: (name) =>
      `if(isNull(${name}), NULL, if(has({${given}:Array(String)}, CAST(assumeNotNull(${name}), 'String')), CAST(${name}, 'Nullable(String)'), '${OTHER}'))`,
    params: { [given]: chosen },
    declared: [...new Set([...chosen, OTHER]), null],
    labelOf,
  };
}

const OTHER = 'other';

function binLabels({ bins = [] }: Breakdown, kind: 'number' | 'date', { pointer, place }: BreakdownSpot): Labels {
  const edges = bins.map(String);
  const fits = bins.every((edge) =>
    kind === 'number' ? Number.isFinite(edge) : typeof edge === 'string' && isIsoDate(edge),
  );
  const ascends = bins.every((edge, n) => n === 0 || (bins[n - 1] as number | string) < edge);
  requireBins(edges, fits && ascends, pointer);
  const labels = binNames(edges);
  const given = `d${place}_edges`;
  const type = kind === 'number' ? 'Float64' : 'Date32';
  return {
    sql: (column) =>
      `if(isNull(${column}), NULL, toString(arrayCount(edge -> CAST(edge, '${type}') <= assumeNotNull(${column}), {${given}:Array(String)})))`,
    params: { [given]: edges },
    declared: [...labels, null],
    labelOf: (found) => (found === null ? null : (labels[Number(found)] as string)),
  };
}

/** `<10`, `10..<20`, `>=20`. */
function binNames(edges: readonly string[]): string[] {
  const between = edges.slice(1).map((edge, n) => `${edges[n]}..<${edge}`);
  return [`<${edges[0]}`, ...between, `>=${edges.at(-1)}`];
}

function requireBins(bins: readonly string[], fit: boolean, pointer: string): void {
  if (bins.length === 0) refuseBins(pointer, 'a number or a date is counted in bins; give their edges');
  if (bins.length > MAX_BINS) refuseBins(pointer, `at most ${MAX_BINS} bins`);
  if (!fit)
    refuseBins(pointer, 'edges of the kind of the attribute, each larger than the one before; labels all different');
}

function refuseBins(pointer: string, hint: string): never {
  throw new AnalysisError('bins_invalid', { pointer: `${pointer}/bins`, hint });
}
