// Rules of the log over HTTP: exact widths, for ever, and nothing that no checkpoint covers.
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import { leafHash, treeHash } from '../../audit/merkle.ts';
import { parseEntryBundle, parseHashTile } from '../../audit/tiles.ts';
import { closeDatabase } from '../database/database.ts';
import { appendEvents, checkpointServiceOn, createLog, verifierKeys } from './testing/audit-log-suite.ts';
import { openSqlite } from './testing/sqlite.ts';
import { createTileRoutes } from './tile-routes.ts';

const SIGNED = 300;
let knex: Knex;
let stop: () => Promise<void>;
let url: string;
let mayReadEntries = true;

beforeAll(async () => {
  const db = await openSqlite();
  knex = db.knex;
  await createLog(knex);
  await appendEvents(knex, { from: 0, to: SIGNED });
  await checkpointServiceOn(db).checkpointNow();
  await appendEvents(knex, { from: SIGNED, to: SIGNED + 5 });
  const app = express();
  const entriesGuard: express.RequestHandler = (_request, response, next) =>
    mayReadEntries ? next() : void response.sendStatus(404);
  app.use('/log', createTileRoutes({ knex, entriesGuard }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await closeDatabase(db);
  };
});
afterAll(() => stop());

async function getBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(`${url}${path}`);
  expect(response.status, path).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(response.headers.get('cache-control')).toMatch(/immutable/);
  return new Uint8Array(await response.arrayBuffer());
}

test('the tree can be rebuilt from its tiles and entries alone', async () => {
  const response = await fetch(`${url}/checkpoint`);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  const checkpoint = await openCheckpoint(await response.text(), { verifierKeys: await verifierKeys() });
  expect(checkpoint.size).toBe(SIGNED);
  const hashes = [
    ...parseHashTile(await getBytes('/tile/0/000'), 256),
    ...parseHashTile(await getBytes('/tile/0/001.p/44'), 44),
  ];
  const entries = [
    ...parseEntryBundle(await getBytes('/tile/entries/000'), 256),
    ...parseEntryBundle(await getBytes('/tile/entries/001.p/44'), 44),
  ];
  expect(treeHash(hashes)).toEqual(checkpoint.root);
  expect(entries.map(leafHash)).toEqual(hashes);
  expect(parseHashTile(await getBytes('/tile/1/000.p/1'), 1)).toEqual([treeHash(hashes.slice(0, 256))]);
  expect(parseHashTile(await getBytes('/tile/0/000.p/7'), 7)).toEqual(hashes.slice(0, 7));
});

test.each([
  '/tile/0/001',
  '/tile/0/001.p/45',
  '/tile/1/000',
  '/tile/1/000.p/2',
  '/tile/2/000.p/1',
  '/tile/entries/001.p/45',
  '/tile/0/000.p/256',
  '/tile/0/x000/000',
  '/tile/0/0',
  '/tile/0/%30%30%30',
  '/tile/0/..%2f000',
  '/consistency/0/301',
  '/consistency/9/8',
  '/consistency/01/8',
])('%s is not there, and the answer is not kept', async (path) => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(404);
  expect(response.headers.get('cache-control') ?? 'no-store').toBe('no-store');
});

test('entries are shown to whom the guard lets in, hashes to everyone', async () => {
  mayReadEntries = false;
  expect((await fetch(`${url}/tile/entries/000`)).status).toBe(404);
  expect((await fetch(`${url}/tile/0/000`)).status).toBe(200);
  mayReadEntries = true;
});

test('a consistency proof comes as lines', async () => {
  const response = await fetch(`${url}/consistency/9/${SIGNED}`);
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/^([A-Za-z0-9+/]{43}=\n)+$/);
});
