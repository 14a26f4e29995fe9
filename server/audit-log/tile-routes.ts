// The log over HTTP as static resources (c2sp.org/tlog-tiles): nothing is shown that no checkpoint covers.
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Knex } from 'knex';
import { base64Of, findDecimal } from '../../audit/bytes.ts';
import {
  formatEntryBundle,
  formatHashTile,
  parseTilePath,
  TILE_WIDTH,
  type Tile,
  tileWidth,
} from '../../audit/tiles.ts';
import { findLatestCheckpoint } from './checkpoint-service.ts';
import { storedConsistencyProof, storedTileHashes } from './stored-tree.ts';

const FOR_EVER = 'max-age=31536000, immutable';

export interface TileRouteOptions {
  readonly knex: Knex;
  /** Entries hold the events of every tenant: whoever mounts the routes says who may read them. */
  readonly entriesGuard: RequestHandler;
}

/** Serves `/checkpoint`, `/tile/<L>/<N>[.p/<W>]`, `/tile/entries/<N>[.p/<W>]` and `/consistency/<old size>/<new size>`. */
export function createTileRoutes({ knex, entriesGuard }: TileRouteOptions): Router {
  const router = express.Router();
  router.get('/checkpoint', (_request, response) => sendCheckpoint(knex, response));
  router.get(/^\/tile\/entries\/.+$/, entriesGuard, (request, response, next) =>
    sendTile({ knex, request, response, next, visibility: 'private' }),
  );
  router.get(/^\/tile\/.+$/, (request, response, next) =>
    sendTile({ knex, request, response, next, visibility: 'public' }),
  );
  router.get('/consistency/:old/:new', (request, response, next) => sendConsistency(knex, request, response, next));
  return router;
}

/** Lines of base64, as a witness takes them; undefined when a size is not one of an earlier or the newest checkpoint. */
export async function findConsistencyLines(
  knex: Knex,
  of: { oldSize: number; newSize: number },
): Promise<string[] | undefined> {
  const signed = (await findLatestCheckpoint(knex))?.size ?? 0;
  if (of.oldSize > of.newSize || of.newSize > signed) return undefined;
  return (await storedConsistencyProof(knex, of)).map(base64Of);
}

async function sendCheckpoint(knex: Knex, response: Response): Promise<void> {
  const checkpoint = await findLatestCheckpoint(knex);
  response.set('Cache-Control', 'no-cache').type('text/plain; charset=utf-8');
  if (checkpoint === undefined) response.status(404).send('No checkpoint was signed yet.\n');
  else response.send(checkpoint.note);
}

async function sendTile(of: {
  knex: Knex;
  request: Request;
  response: Response;
  next: NextFunction;
  visibility: 'public' | 'private';
}): Promise<void> {
  const tile = findTile(of.request.path.slice(1));
  const signed = (await findLatestCheckpoint(of.knex))?.size ?? 0;
  // A partial width is served as long as the tree is at least as wide; what is not there yet must not be cached.
  if (tile === undefined || tileWidth(tile, signed) < tile.width) {
    of.response.set('Cache-Control', 'no-store');
    of.next();
    return;
  }
  const bytes = await (tile.level === 'entries' ? readBundle(of.knex, tile) : readHashes(of.knex, tile));
  of.response.set('Cache-Control', `${of.visibility}, ${FOR_EVER}`).type('application/octet-stream');
  of.response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

async function sendConsistency(knex: Knex, request: Request, response: Response, next: NextFunction): Promise<void> {
  const [oldSize, newSize] = [findDecimal(String(request.params.old)), findDecimal(String(request.params.new))];
  if (oldSize === undefined || newSize === undefined) return next();
  const lines = await findConsistencyLines(knex, { oldSize, newSize });
  if (lines === undefined) return next();
  response.set('Cache-Control', `public, ${FOR_EVER}`).type('text/plain; charset=utf-8');
  response.send(lines.map((line) => `${line}\n`).join(''));
}

function findTile(path: string): Tile | undefined {
  try {
    return parseTilePath(path);
  } catch {
    return undefined;
  }
}

async function readHashes(knex: Knex, tile: Tile): Promise<Uint8Array> {
  const start = tile.index * TILE_WIDTH;
  return formatHashTile(await storedTileHashes(knex, { level: Number(tile.level), start, count: tile.width }));
}

async function readBundle(knex: Knex, tile: Tile): Promise<Uint8Array> {
  const start = tile.index * TILE_WIDTH;
  const rows: { leaf: string }[] = await knex('audit_leaves')
    .whereBetween('leaf_index', [start, start + tile.width - 1])
    .orderBy('leaf_index')
    .select('leaf');
  return formatEntryBundle(rows.map((row) => new TextEncoder().encode(row.leaf)));
}
