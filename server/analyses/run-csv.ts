// An answer as a table for people and their spreadsheets, which must not take a category for a formula.
import type { PrivacyCost } from '../../openapi/generated/api.ts';
import { paddedTo } from './answer-padding.ts';
import { PADDED_BYTES } from './limits.ts';
import type { Run } from './run.ts';

/** A cell that starts like this, blanks aside, is computed by some spreadsheet; a quote in front keeps it text. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;

export function runCsv(run: Run, cost: PrivacyCost): string {
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
    ['cost of the budget', percentOf(cost.share_of_budget)],
    ['left of the budget', percentOf(cost.left_share)],
    ['receipt', run.receiptEventId ?? ''],
  ];
  return paddedText([...about, [], header, ...rows, ...ratios].map(csvLine).join(''));
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function percentOf(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}

/** As long as its class: the last row holds nothing but blanks. */
function paddedText(text: string): string {
  const lastRow = (blanks: number) => `padding,${' '.repeat(blanks)}\r\n`;
  const bytes = Buffer.byteLength(text) + lastRow(0).length;
  return `${text}${lastRow(paddedTo(bytes, PADDED_BYTES) - bytes)}`;
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
