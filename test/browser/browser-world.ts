// The console as people meet it: the real service with the embedded engine, two founded organisations, and a Chromium that is watched.
// Closing it fails the test when a page asked another origin, broke the policy, or threw where nothing caught it.
import type { Browser, Page } from 'playwright-core';
import type { Actor } from '../../bench/demo/api.ts';
import { becomeOperator, foundOrganisations, type Organisation } from '../../bench/demo/tenants.ts';
import { ensureConsole } from '../../console/build.ts';
import { type Service, startService } from '../system/service.ts';
import { type AxeFault, axeFaults } from './axe.ts';
import { startChromium } from './chromium.ts';
import { openSession, type SignedInRole } from './sign-in.ts';
import type { Violation } from './violations.ts';
import { openWatchedContext, type WatchedContext, type WatchOptions } from './watched-context.ts';

export const ORGANISATIONS = { osec: 'Osec', rando: 'Rando+' } as const;
export type OrganisationName = keyof typeof ORGANISATIONS;

export interface BrowserWorld {
  readonly service: Service;
  readonly browser: Browser;
  readonly operator: Actor;
  /** Each with a member of every role, whose `api` calls the service as that member. */
  readonly organisations: Readonly<Record<OrganisationName, Organisation>>;
  readonly page: Page;
  /** Signs a member of that role in, in the page, by a password of its own; the page stands at `/` then. */
  signInAs(role: SignedInRole, organisation?: OrganisationName): Promise<void>;
  /** Goes to a path of the service and waits until the page has settled. */
  open(path: string): Promise<void>;
  origins(): string[];
  violations(): Violation[];
  /** A breach that a test provoked on purpose; each accounts for one, and one that never came fails on close as well. */
  expectViolation(violation: Violation): void;
  /** Serious and critical faults of the page at 360 and 1440 px, once it has all that it reads. */
  axe(): Promise<AxeFault[]>;
  close(): Promise<void>;
}

export interface WorldOptions extends WatchOptions {
  readonly chromiumFlags?: readonly string[];
  readonly serviceEnv?: Record<string, string>;
}

export async function openBrowserWorld({
  chromiumFlags,
  serviceEnv = {},
  ...watch
}: WorldOptions = {}): Promise<BrowserWorld> {
  await ensureConsole();
  const service = await startService({ env: serviceEnv });
  const operator = await becomeOperator(service);
  const organisations = await foundOrganisations(service, operator, ORGANISATIONS);
  const browser = await startChromium(chromiumFlags);
  const watched = await openWatchedContext(browser, watch);
  const page = await watched.openPage();
  const expected: Violation[] = [];
  return {
    ...{ service, browser, operator, organisations, page },
    async open(path) {
      await page.goto(`${service.url}${path}`, { waitUntil: 'networkidle' });
    },
    signInAs: (role, organisation = 'osec') =>
      openSession(page, { service, role, operator, organisation: organisations[organisation] }),
    origins: watched.origins,
    violations: watched.violations,
    expectViolation: (violation) => void expected.push(violation),
    async axe() {
      await settled(page);
      return axeFaults(page);
    },
    async close() {
      const faults = faultsOf(watched, service, expected);
      await browser.close();
      await service.stop();
      service.remove();
      if (faults.length > 0) throw new Error(`the console did what it must not:\n${faults.join('\n')}`);
    },
  };
}

/** Cards read by themselves: one may be whole while the next still says that it is loading. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => globalThis.document.querySelector('.loading') === null);
}

function faultsOf(watched: WatchedContext, service: Service, expected: readonly Violation[]): string[] {
  const unexpected = watched.violations().map(violationText);
  const missing = expected.map(violationText).filter((text) => {
    const at = unexpected.indexOf(text);
    if (at >= 0) unexpected.splice(at, 1);
    return at < 0;
  });
  const own = new URL(service.url).origin;
  const foreign = watched.origins().filter((origin) => origin !== own);
  return [
    ...foreign.map((origin) => `asked ${origin}`),
    ...unexpected.map((text) => `broke the policy: ${text}`),
    ...missing.map((text) => `did not break the policy as expected: ${text}`),
    ...watched.errors().map((message) => `threw: ${message}`),
  ];
}

function violationText({ directive, blocked }: Violation): string {
  return `${directive} ${blocked}`;
}
