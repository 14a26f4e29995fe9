// A browser context whose every request and every breach of the Content-Security-Policy is on record, of workers too.
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { type Violation, watchViolations } from './violations.ts';

export interface WatchedContext {
  readonly context: BrowserContext;
  openPage(): Promise<Page>;
  /** Origins that any request went to, in order of their first one. What the policy blocked went nowhere. */
  origins(): string[];
  violations(): Violation[];
  /** Errors that no code of the page caught. */
  errors(): string[];
}

export interface WatchOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
}

const USUAL = {
  locale: 'en-GB',
  viewport: { width: 1440, height: 900 },
  // A colour on its way to another fails for contrast, and only if one looks at the wrong moment.
  reducedMotion: 'reduce',
} as const;

export async function openWatchedContext(browser: Browser, options: WatchOptions = {}): Promise<WatchedContext> {
  const context = await browser.newContext({ ...USUAL, ...options });
  const sent = new Set<Request>();
  const violations: Violation[] = [];
  const errors: string[] = [];
  context.on('request', (request) => sent.add(request));
  context.on('requestfailed', (request) => {
    if (request.failure()?.errorText === 'csp') sent.delete(request);
  });
  context.on('weberror', (error) => errors.push(error.error().message));
  return {
    context,
    async openPage() {
      const page = await context.newPage();
      await watchViolations(page, (violation) => violations.push(violation));
      return page;
    },
    origins: () => [...new Set([...sent].map((request) => originOf(request.url())).filter((one) => one !== 'null'))],
    violations: () => [...violations],
    errors: () => [...errors],
  };
}

/** `blob:` addresses name their origin; `data:` ones have none and go nowhere. */
function originOf(url: string): string {
  return url.startsWith('blob:') ? new URL(url.slice('blob:'.length)).origin : new URL(url).origin;
}
