// Asks axe-core what is wrong with a page for people who do not see, hear or point as others do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A telephone held upright, and a desk. */
export const WIDTHS_PX = [360, 1440] as const;

export interface AxeFault {
  readonly widthPx: number;
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** Where: one selector for each element. */
  readonly elements: readonly string[];
}

interface AxeRun {
  violations: { id: string; impact: string; help: string; nodes: { target: unknown[] }[] }[];
}

/** Serious and critical faults of the page as it stands, at each width; the width it had is given back. */
export async function axeFaults(page: Page, widthsPx: readonly number[] = WIDTHS_PX): Promise<AxeFault[]> {
  const before = page.viewportSize();
  const faults: AxeFault[] = [];
  for (const widthPx of widthsPx) {
    await page.setViewportSize({ width: widthPx, height: 900 });
    // What is drawn by the width there is follows one frame later.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    // Evaluated by the debugger, which the policy of the page does not bind.
    await page.evaluate(`if (globalThis.axe === undefined) { ${SOURCE} }`);
    const { violations } = (await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({ violations: violations.map(
        ({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(({ target }) => ({ target })) })) }))`,
    )) as AxeRun;
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      faults.push({ widthPx, rule: id, impact, help, elements: nodes.map(({ target }) => target.join(' ')) });
    }
  }
  if (before !== null) await page.setViewportSize(before);
  return faults;
}
