// Progress on standard error: a bar for people, plain lines for logs, nothing for scripts. Standard output stays clean.
import { BAR_INTERVAL_MS, PLAIN_INTERVAL_MS } from './limits.ts';
import type { Terminal } from './terminal.ts';

export const PROGRESS_STYLES = ['auto', 'bar', 'plain', 'none'] as const;
export type ProgressStyle = (typeof PROGRESS_STYLES)[number];

export interface Step {
  readonly done: number;
  readonly total?: number;
  /** What has been counted, such as "1,200 rows". */
  readonly note: string;
}

export interface Progress {
  show(step: Step): void;
  end(): void;
}

export function startProgress(style: ProgressStyle, terminal: Terminal, clock: () => number = Date.now): Progress {
  const chosen = style === 'auto' ? (terminal.stderr.isTTY ? 'bar' : 'none') : style;
  if (chosen === 'none') return { show: () => {}, end: () => {} };
  const intervalMs = chosen === 'bar' ? BAR_INTERVAL_MS : PLAIN_INTERVAL_MS;
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: Step | undefined;
  const draw = (step: Step): void => {
    const line = lineOf(step, chosen === 'bar');
    terminal.stderr.write(chosen === 'bar' ? `\r\u001b[K${line}` : `${line}\n`);
  };
  return {
    show(step) {
      last = step;
      if (clock() - shownAt < intervalMs) return;
      shownAt = clock();
      draw(step);
    },
    end() {
      if (last) draw(last);
      if (chosen === 'bar') terminal.stderr.write('\n');
    },
  };
}

function lineOf({ done, total, note }: Step, withBar: boolean): string {
  if (total === undefined || total === 0) return `${megabytes(done)}  ${note}`;
  const share = Math.min(1, done / total);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const bar = withBar ? `${'█'.repeat(Math.round(share * 30)).padEnd(30, '░')} ` : '';
  return `${bar}${percent}  ${megabytes(done)} of ${megabytes(total)}  ${note}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
