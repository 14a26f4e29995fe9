// A million customers hashed in the page: memory stays flat, the page goes on answering, and the bytes are the command line's.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { answer } from '../../bench/demo/api.ts';
import type { Dataset } from '../../openapi/generated/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import { hashByCommandLine, writeCrowd } from './customer-file.ts';

const ROWS = 1_000_000;
const MAX_MEMORY_BYTES = 500 * 1024 * 1024;
const MAX_ANSWER_MS = 100;
const SAMPLE_MS = 250;

vi.setConfig({ testTimeout: 600_000 });

let world: BrowserWorld;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecluse-crowd-'));
  file = join(folder, 'crowd.csv');
  await writeCrowd(file, ROWS);
  world = await openBrowserWorld();
  await world.signInAs('data-engineer');
}, 300_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world?.close();
});

/**
 * Resident memory of the page's process, where its workers are threads: Chromium names its processes over CDP, and the kernel says
 * what each holds, files mapped into it included. The largest renderer is the page's.
 */
async function rendererBytes(): Promise<number> {
  const session = await world.browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id));
  return Math.max(...sizes);
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

interface Measured {
  /** Of each key pressed: from the key to the next frame that shows what came of it, as the browser times it (Event Timing). */
  readonly answersMs: number[];
  /** Between two frames. */
  readonly framesMs: number[];
}

/** Runs inside the page. */
function startMeasuring(): void {
  const measured: Measured = { answersMs: [], framesMs: [] };
  Object.assign(globalThis, { measured });
  const options = { type: 'event', durationThreshold: 16 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.answersMs.push(duration);
  }).observe(options);
  let before = performance.now();
  const frame = (now: number): void => {
    measured.framesMs.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of a task, in microseconds: waiting for a core that others hold is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** What each task of the page's own thread took of a processor, from Chromium's trace. */
function pageTasksMs(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const isPage = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  return traceEvents
    .filter((event) => event.name === 'RunTask' && isPage.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;

/** What this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
}

async function datasetNamed(name: string): Promise<Dataset> {
  const { api } = world.organisations.osec.engineer;
  const { items } = await answer('datasets', api.GET('/v1/datasets', { params: { query: {} } }));
  return items.find((one) => one.name === name)!;
}

test('a million rows are hashed in under 500 MB, and meanwhile the page answers within 100 ms', {
  retry: 2,
}, async () => {
  const { page } = world;
  await world.open('/onboarding');
  await page.setInputFiles('input[type=file]', file);
  await page.getByLabel('Country of the telephone numbers').selectOption('FR');
  // The upload waits, so that what is measured is the hashing.
  await page.route('**/v1/uploads', (route) => route.abort());
  await page.evaluate(startMeasuring);
  await world.browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
  await page.getByRole('button', { name: 'Hash and upload' }).click();
  const memory: number[] = [];
  while ((await page.getByRole('button', { name: 'Pause' }).count()) === 0) {
    memory.push(await rendererBytes());
    await page.keyboard.press('Tab');
    await page.waitForTimeout(SAMPLE_MS);
  }
  const measured = await page.evaluate(() => (globalThis as unknown as { measured: Measured }).measured);
  const tasksMs = pageTasksMs(await world.browser.stopTracing());
  expect(memory.length).toBeGreaterThan(10);
  expect(Math.max(...memory)).toBeLessThan(MAX_MEMORY_BYTES);
  // Nothing the page does holds its thread for so long, however fast or busy the machine.
  expect(tasksMs.length).toBeGreaterThan(100);
  expect(Math.max(...tasksMs)).toBeLessThan(MAX_ANSWER_MS);
  // By the clock on the wall, which on a busy machine also counts what other programs took.
  expect(measured.answersMs.length).toBeGreaterThan(10);
  expect(quantile(measured.answersMs, 0.95)).toBeLessThan(MAX_ANSWER_MS);
  expect(quantile(measured.framesMs, 0.99)).toBeLessThan(MAX_ANSWER_MS);
});

test('the hashed million is the command line’s to the last byte, arrives, and is loaded', async () => {
  const { page } = world;
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/uploads'));
  await page.unroute('**/v1/uploads'); // the page tries again by itself
  const { metadata } = uploadOf(await sent);
  const salts = await answer(
    'salts',
    world.organisations.osec.engineer.api.GET('/v1/salts', { params: { query: {} } }),
  );
  const dataset = await datasetNamed('crowd');
  const expected = hashByCommandLine(folder, { file, dataset, salt: salts.items[0]!, leaveOut: [] });
  expect(metadata.sha256).toBe(expected.sha256);
  await page.getByRole('link', { name: 'Follow the load' }).click();
  await page.waitForURL('**/loads/*');
  // The service compares every byte with that digest before it loads one.
  await page.getByText('Every row was accepted').waitFor({ timeout: 240_000 });
  expect((await page.locator('.facts').allInnerTexts()).join()).toMatch(/Rows received\s+999,000/);
});

function uploadOf(request: Request): { metadata: Record<string, string> } {
  const pairs = (request.headers()['upload-metadata'] ?? '').split(',').map((pair) => pair.split(' '));
  return {
    metadata: Object.fromEntries(pairs.map(([key, value]) => [key, Buffer.from(value ?? '', 'base64').toString()])),
  };
}
