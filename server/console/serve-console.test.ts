// The console as it is served: which policy stands over it, what is kept, and what is left to the operations.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../testing/world.ts';
import { serveConsole } from './serve-console.ts';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecluse-console-'));
  server = createServer(
    express()
      .use(serveConsole(folder))
      .use((_request, response) => void response.status(404).end()),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, init?: RequestInit) => fetch(url + path, init);

describe('a console that is not built', () => {
  test('says so, and how to mend it', async () => {
    const answer = await get('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
  });
});

describe('a console', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'));
    mkdirSync(join(folder, '.vite'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>console</title>');
    writeFileSync(join(folder, 'assets', 'main-DfG7hK2q.js'), 'export {};');
    writeFileSync(join(folder, '.vite', 'manifest.json'), '{}');
  });

  test('answers every path of its own with its one document, asked for anew each time', async () => {
    for (const path of ['/', '/collaborations/col_1/runs', '/welcome', '/v1x']) {
      const answer = await get(path);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toContain('<title>console</title>');
    }
    expect((await get('/')).headers.get('etag')).toBeTruthy();
    expect((await get('/', { method: 'HEAD' })).status).toBe(200);
  });

  test('stands under a policy that names this origin alone', async () => {
    for (const path of ['/', '/assets/main-DfG7hK2q.js']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';" +
          "worker-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  test('has files that are kept for ever, since their names change with them', async () => {
    const answer = await get('/assets/main-DfG7hK2q.js');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
  });

  test('answers no file that is not there, nothing hidden, nothing above it, no write and nothing of the API', async () => {
    const outside = [
      '/assets/gone-DfG7hK2q.js',
      '/.vite/manifest.json',
      '/%2e%2e/package.json',
      '/v1',
      '/v1/nothing',
      '/readyz',
    ];
    for (const path of outside) expect((await get(path)).status, path).toBe(404);
    expect((await get('/', { method: 'POST' })).status).toBe(404);
  });
});

describe('beside the service', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld([]);
  });
  afterAll(() => world?.close());

  test('the documentation and the operations stay where they are', async () => {
    const docs = await fetch(`${world.url}/docs`);
    expect(await docs.text()).toContain('Écluse API');
    expect(docs.headers.get('content-security-policy')).not.toContain('script-src');
    expect((await fetch(`${world.url}/v1/nothing`)).headers.get('content-type')).toMatch(/problem\+json/);
    expect((await fetch(`${world.url}/v1/session`)).headers.get('cache-control')).toBe('no-store');
  });
});
