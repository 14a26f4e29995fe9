// The watcher itself: it sees what a careless page would do, from the page and from a worker, so that silence means something.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFaults } from './axe.ts';
import { findChromium, startChromium } from './chromium.ts';
import { openWatchedContext } from './watched-context.ts';

const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
const FILES: Record<string, string> = {
  '/careless.js': `fetch('https://page.invalid/x').catch(() => {}); new Worker('/worker.js');`,
  '/worker.js': `fetch('https://worker.invalid/x').catch(() => fetch('/done'));`,
  '/careless.html': `<!doctype html><html lang="en"><title>x</title><script>1</script><script src="/careless.js"></script>`,
  '/open.html': `<!doctype html><html lang="en"><title>x</title><script>fetch('http://localhost:9/x').catch(() => {})</script>`,
  '/unlabelled.html': `<!doctype html><html lang="en"><title>x</title><main><h1>x</h1><input><img src="data:,"></main></html>`,
};
let server: Server;
let browser: Browser;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    if (path !== '/open.html') response.setHeader('content-security-policy', POLICY);
    response.end(FILES[path] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

test('what the policy blocked is a violation and no request, of a page and of its worker', async () => {
  const watched = await openWatchedContext(browser);
  const page = await watched.openPage();
  const done = page.waitForRequest(`${url}/done`);
  await page.goto(`${url}/careless.html`);
  await done;
  await expect.poll(() => watched.violations()).toHaveLength(3);
  expect(watched.violations()).toEqual(
    expect.arrayContaining([
      { directive: 'script-src-elem', blocked: 'inline' },
      { directive: 'connect-src', blocked: 'https://page.invalid/x' },
      { directive: 'connect-src', blocked: 'https://worker.invalid/x' },
    ]),
  );
  expect(watched.origins()).toEqual([url]);
  await watched.context.close();
});

test('a request to another origin is on record even where nobody answers', async () => {
  const watched = await openWatchedContext(browser);
  const page = await watched.openPage();
  await page.goto(`${url}/open.html`);
  await expect.poll(() => watched.origins()).toEqual([url, 'http://localhost:9']);
  await watched.context.close();
});

test('axe names the faults of a page that has some, at both widths', async () => {
  const { context, openPage } = await openWatchedContext(browser);
  const page = await openPage();
  await page.goto(`${url}/unlabelled.html`);
  const faults = await axeFaults(page);
  expect([...new Set(faults.map(({ rule }) => rule))].sort()).toEqual(['image-alt', 'label']);
  expect(new Set(faults.map(({ widthPx }) => widthPx))).toEqual(new Set([360, 1440]));
  expect(page.viewportSize()).toEqual({ width: 1440, height: 900 });
  await context.close();
});

test('a machine without a browser is told what to install', () => {
  expect(() => findChromium('/nowhere')).toThrow('apt-get install chromium');
});
