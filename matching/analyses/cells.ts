// From counted rows to the cells of a metric: every declared cell, zero or not, then those that only the data knows.
import { AnalysisError, type TrueCell } from './analysis.ts';
import type { Dimension, Label } from './dimension.ts';
import { MAX_DECLARED_CELLS } from './limits.ts';

/** A part of a cell's key whose values are fixed, or a dimension of an attribute. */
export type Axis = Pick<Dimension, 'name' | 'declared' | 'labelOf'>;

export interface CountedRow {
  /** One for each axis. */
  readonly labels: readonly Label[];
  readonly value: number;
}

export function fixedAxis(name: string, values: readonly string[]): Axis {
  return { name, declared: values, labelOf: (found) => found };
}

/** Throws AnalysisError when the axes cross into too many cells; that depends on the question alone. */
export function requireFewCells(axes: readonly Axis[]): void {
  const cells = axes.reduce((product, { declared }) => product * (declared?.length ?? 1), 1);
  if (cells > MAX_DECLARED_CELLS) {
    const hint = `at most ${MAX_DECLARED_CELLS} cells; take fewer bins`;
    throw new AnalysisError('too_many_cells', { pointer: '/breakdown', hint });
  }
}

export function cellsOf(axes: readonly Axis[], rows: readonly CountedRow[]): TrueCell[] {
  const found = new Map<string, { labels: Label[]; value: number }>();
  for (const row of rows) {
    const labels = axes.map((axis, n) => axis.labelOf(row.labels[n] ?? null));
    const id = JSON.stringify(labels);
    found.set(id, { labels, value: row.value + (found.get(id)?.value ?? 0) });
  }
  const cells: TrueCell[] = [];
  for (const labels of declaredLabels(axes)) {
    const id = JSON.stringify(labels);
    cells.push({ key: keyOf(axes, labels), value: found.get(id)?.value ?? 0, declared: true });
    found.delete(id);
  }
  const others = [...found].filter(([, { value }]) => value > 0).sort(([one], [other]) => (one < other ? -1 : 1));
  return [...cells, ...others.map(([, { labels, value }]) => ({ key: keyOf(axes, labels), value, declared: false }))];
}

/** The cross product of what is declared; nothing when an axis declares nothing. */
function declaredLabels(axes: readonly Axis[]): Label[][] {
  return axes.reduce<Label[][]>(
    (crossed, { declared = [] }) => crossed.flatMap((before) => declared.map((label) => [...before, label])),
    [[]],
  );
}

function keyOf(axes: readonly Axis[], labels: readonly Label[]): TrueCell['key'] {
  return Object.fromEntries(axes.map(({ name }, n) => [name, labels[n] ?? null]));
}
