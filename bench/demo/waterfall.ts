// A waterfall in text: each level is a bar, each loss the piece of it that did not flow on, with its reason.
import type { Palette } from './colours.ts';

/** A level stands; a loss is taken from the level above it. */
export type Drop =
  | { readonly kind: 'level'; readonly label: string; readonly count: number; readonly note?: string }
  | { readonly kind: 'loss'; readonly label: string; readonly count: number };

const LABEL_WIDTH = 37;
const COUNT_WIDTH = 8;
const BAR_WIDTH = 32;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Bars are drawn to one scale; a loss, however small, is seen. */
export function waterfall(drops: readonly Drop[], options: { scale: number; palette: Palette }): string[] {
  const { palette, scale } = options;
  let standing = 0;
  return drops.map((drop) => {
    if (drop.kind === 'level') {
      standing = drop.count;
      const bar = palette.water(block((drop.count / scale) * BAR_WIDTH));
      const label = palette.bold(drop.label.padEnd(LABEL_WIDTH));
      const note = drop.note ? `  ${palette.dim(drop.note)}` : '';
      return `  ${label}${count(drop.count)}  ${bar}${note}`;
    }
    const before = (standing / scale) * BAR_WIDTH;
    standing = Math.max(0, standing - drop.count);
    const after = Math.floor((standing / scale) * BAR_WIDTH);
    const width = Math.max(1, Math.round(before) - after);
    const label = palette.dim(`  ${drop.label}`.padEnd(LABEL_WIDTH));
    return `  ${label}${palette.loss(`−${count(drop.count).trimStart()}`.padStart(COUNT_WIDTH))}  ${' '.repeat(after)}${palette.loss('░'.repeat(width))}`;
  });
}

export function count(value: number): string {
  return value.toLocaleString('en-GB').padStart(COUNT_WIDTH);
}

function block(length: number): string {
  const whole = Math.floor(length);
  const eighths = Math.floor((length - whole) * 8);
  return '█'.repeat(whole) + (EIGHTHS[eighths] || (whole === 0 ? '▏' : ''));
}
