// The outcomes as a table for people.
import { faultsOf, type Outcome } from './verdict.ts';

export function tableLines(outcomes: readonly Outcome[]): string[] {
  const rows = outcomes.map((outcome) => [
    outcome.attack,
    String(outcome.trials),
    percent(outcome.success),
    percent(outcome.bound),
    percent(outcome.control),
    faultsOf(outcome).length === 0 ? 'fails' : faultsOf(outcome).join('; '),
  ]);
  const header = ['attack', 'trials', 'success', 'bound', 'control', ''];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 || column === 5 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ');
  return [line(header), ...rows.map(line)].map((text) => text.trimEnd());
}

/** As it is told while the others still run. */
export function outcomeLine({ attack, trials, success, bound, control }: Outcome): string {
  return `${attack}: ${percent(success)} of ${trials} right, bound ${percent(bound)}, control ${percent(control)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
