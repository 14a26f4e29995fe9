// Where the steps of a waterfall lie: a level stands on the ground, a loss is the piece of the level above that did not flow on.
import { scaleLinear } from 'd3-scale';
import { drawnSize, type Figure } from './figure.ts';

export interface Step {
  readonly label: string;
  readonly kind: 'level' | 'loss';
  readonly figure: Figure;
  readonly note?: string;
  /** What is counted changed, as from rows to persons: no line leads over from the level above. */
  readonly isNewUnit?: boolean;
}

export interface StepBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where the level above ended: from there the water falls. */
  readonly fall: { readonly x: number; readonly fromY: number; readonly toY: number } | null;
}

export const STEP_HEIGHT = 46;
const BOX_HEIGHT = 16;
const BOX_TOP = 24;
const LEAST_WIDTH = 2;

/** All boxes are drawn to one scale; a loss, however small, is seen. */
export function layOutWaterfall(steps: readonly Step[], width: number): StepBox[] {
  const scale = Math.max(1, ...steps.map(({ figure }) => drawnSize(figure)));
  const x = scaleLinear([0, scale], [0, width]);
  let standing = 0;
  let bottomBefore: number | undefined;
  return steps.map((step, row): StepBox => {
    const y = row * STEP_HEIGHT + BOX_TOP;
    const size = drawnSize(step.figure);
    const before = standing;
    standing = step.kind === 'level' ? size : Math.max(0, standing - size);
    const boxWidth = size === 0 ? 0 : Math.max(LEAST_WIDTH, x(size));
    const left = step.kind === 'level' ? 0 : Math.max(0, x(before) - boxWidth);
    const fallX = step.kind === 'level' ? x(Math.min(before, size)) : x(before);
    const hasFall = bottomBefore !== undefined && !step.isNewUnit && before > 0;
    const fall = hasFall ? { x: fallX, fromY: bottomBefore!, toY: y } : null;
    bottomBefore = y + BOX_HEIGHT;
    return { x: left, y, width: boxWidth, height: BOX_HEIGHT, fall };
  });
}
