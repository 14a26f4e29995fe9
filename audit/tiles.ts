// Tiles (c2sp.org/tlog-tiles): where hashes and entries lie, and how many of them a tree of a size has.
import { AuditError } from './audit-error.ts';
import { concatBytes } from './bytes.ts';
import { MAX_ENTRY_BYTES } from './limits.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';

export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
export const MAX_TILE_LEVEL = 63;

export interface Tile {
  /** The level of the tile, or `entries` for a bundle of log entries. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 256 of a full tile, 1 to 255 of a partial one. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`, without a leading slash. */
export function tilePath(tile: Tile): string {
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
  return `tile/${tile.level}/${indexPath(tile.index)}${partial}`;
}

/** Strictly the paths that `tilePath` writes; throws `tile_malformed` for any other spelling. */
export function parseTilePath(path: string): Tile {
  const match = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (match === null) throw malformed('a path');
  const level = match[1] === 'entries' ? ('entries' as const) : Number(match[1]);
  const index = Number(match[2]!.replaceAll(/[x/]/g, ''));
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3]);
  if (match[3] !== undefined && width >= TILE_WIDTH) throw malformed('its width');
  if (level !== 'entries' && level > MAX_TILE_LEVEL) throw malformed('its level');
  if (!Number.isSafeInteger(index)) throw malformed('its index');
  const tile = { level, index, width };
  // One tile has one path: refuses `x000/001`, which would name tile 1 a second time.
  if (tilePath(tile) !== path) throw malformed('its index is not in its shortest form');
  return tile;
}

/** How wide this tile is in a tree of `size` leaves: 0 if it does not exist, else up to 256. */
export function tileWidth(tile: { level: number | 'entries'; index: number }, size: number): number {
  const level = tile.level === 'entries' ? 0 : tile.level;
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - tile.index * TILE_WIDTH));
}

/** The tiles of hashes that a tree of `size` leaves consists of, partial ones last in their level. */
export function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; level <= MAX_TILE_LEVEL; level += 1)
    for (let index = 0; ; index += 1) {
      const width = tileWidth({ level, index }, size);
      if (width === 0 && index === 0) return tiles;
      if (width === 0) break;
      tiles.push({ level, index, width });
    }
  return tiles;
}

export function formatHashTile(hashes: readonly Hash[]): Uint8Array {
  if (hashes.length === 0 || hashes.length > TILE_WIDTH) throw malformed('its width');
  return concatBytes(...hashes);
}

/** The bytes must be exactly as many as the width says. */
export function parseHashTile(bytes: Uint8Array, width: number): Hash[] {
  if (width < 1 || width > TILE_WIDTH || bytes.length !== width * HASH_BYTES) throw malformed('its length');
  return Array.from({ length: width }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** Each entry after its length as a big-endian uint16. */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0 || entries.length > TILE_WIDTH) throw malformed('its width');
  return concatBytes(...entries.flatMap((entry) => [lengthOf(entry), entry]));
}

/** The bundle must hold exactly `width` entries and nothing behind them. */
export function parseEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 2 > bytes.length) throw malformed('an entry is cut off');
    const end = offset + 2 + bytes[offset]! * 256 + bytes[offset + 1]!;
    if (end > bytes.length) throw malformed('an entry is cut off');
    entries.push(bytes.slice(offset + 2, end));
    offset = end;
  }
  if (width < 1 || width > TILE_WIDTH || entries.length !== width) throw malformed('its number of entries');
  return entries;
}

// 1234067 -> x001/x234/067
function indexPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g)!;
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

function lengthOf(entry: Uint8Array): Uint8Array {
  if (entry.length > MAX_ENTRY_BYTES) throw malformed('an entry is too long');
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff);
}

function malformed(what: string): AuditError {
  return new AuditError('tile_malformed', `not a tile: ${what}`);
}
