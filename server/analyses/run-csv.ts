// An answer as a table for people and their spreadsheets, which must not take a category for a formula.
import type { Run } from './run.ts';

/** A cell that starts like this is computed by spreadsheets; a quote in front keeps it text. */
const FORMULA = /^[=+\-@\t\r]/;

export function runCsv(run: Run): string {
  const dimensions = [
    ...new Set(run.result?.metrics.flatMap(({ cells }) => cells.flatMap(({ key }) => Object.keys(key)))),
  ];
  const header = ['metric', 'unit', ...dimensions, 'value', 'low (95 %)', 'high (95 %)', 'remark'];
  const rows = (run.result?.metrics ?? []).flatMap(({ name, unit, cells, remainder }) => [
    ...cells.map((cell) => [
      name,
      unit,
      ...dimensions.map((dimension) => labelOf(cell.key, dimension)),
      ...figuresOf(cell),
    ]),
    ...(remainder === null
      ? []
      : [[name, unit, ...dimensions.map(() => 'withheld, together'), ...figuresOf(remainder)]]),
  ]);
  const ratios = (run.result?.ratios ?? []).map(({ name, key, value, interval }) => [
    name,
    'ratio',
    ...dimensions.map((dimension) => labelOf(key, dimension)),
    value ?? '',
    ...(interval === null ? ['', ''] : [String(interval.low), String(interval.high)]),
    key.of ?? '',
  ]);
  const about = [
    ['question', run.asked],
    ['data', run.snapshot.contributions.map(({ alias, contributed_at }) => `${alias} of ${contributed_at}`).join('; ')],
    ['receipt', run.receiptEventId ?? ''],
  ];
  return [...about, [], header, ...rows, ...ratios].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function labelOf(key: Readonly<Record<string, string | null>>, dimension: string): string {
  if (!Object.hasOwn(key, dimension)) return '';
  return key[dimension] ?? 'unknown';
}

function figuresOf(cell: {
  readonly value: number | null;
  readonly fewer_than: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
}): string[] {
  if (cell.value === null) return ['', '', '', `fewer than ${cell.fewer_than}`];
  return [String(cell.value), String(cell.interval?.low ?? ''), String(cell.interval?.high ?? ''), ''];
}
