// Rules of tiles, with the examples of c2sp.org/tlog-tiles.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafHash } from './merkle.ts';
import {
  formatEntryBundle,
  formatHashTile,
  parseEntryBundle,
  parseHashTile,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  tilesOf,
  tileWidth,
} from './tiles.ts';

test.each([
  ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['tile/0/000', { level: 0, index: 0, width: 256 }],
  ['tile/1/000.p/1', { level: 1, index: 0, width: 1 }],
  ['tile/63/x001/000.p/255', { level: 63, index: 1000, width: 255 }],
  ['tile/entries/x001/x234/067.p/8', { level: 'entries' as const, index: 1_234_067, width: 8 }],
])('%s is read and written', (path, tile) => {
  expect(parseTilePath(path)).toEqual(tile);
  expect(tilePath(tile)).toBe(path);
});

test.each([
  'tile/64/000',
  'tile/00/000',
  'tile/-1/000',
  'tile/0/0',
  'tile/0/1234',
  'tile/0/x000/001',
  'tile/0/001/002',
  'tile/0/x001',
  'tile/0/000.p/0',
  'tile/0/000.p/01',
  'tile/0/000.p/256',
  'tile/0/000.p/',
  'tile/0/000/',
  '/tile/0/000',
  'tile/0/000\n',
  'tile/entries/x001',
  'tile/0/x999/x999/x999/x999/x999/999',
])('%j is no tile', (path) => {
  expect(() => parseTilePath(path)).toThrow(/not a tile/);
});

test('a tree of 70,000 leaves has the tiles that the specification counts', () => {
  const tiles = tilesOf(70_000);
  expect(tiles.filter(({ level, width }) => level === 0 && width === TILE_WIDTH)).toHaveLength(273);
  expect(tiles.filter(({ width }) => width < TILE_WIDTH)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ]);
  expect(tilesOf(256)).toEqual([
    { level: 0, index: 0, width: 256 },
    { level: 1, index: 0, width: 1 },
  ]);
  expect(tilesOf(0)).toEqual([]);
  expect(tileWidth({ level: 'entries', index: 273 }, 70_000)).toBe(112);
});

test('every tile has one path', () => {
  const tiles = fc.record({
    level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
    index: fc.maxSafeNat(),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(tiles, (tile) => {
      expect(parseTilePath(tilePath(tile))).toEqual(tile);
    }),
  );
});

describe('bytes of tiles', () => {
  test('a hash tile holds exactly its width', () => {
    const hashes = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];
    expect(parseHashTile(formatHashTile(hashes), 2)).toEqual(hashes);
    expect(() => parseHashTile(formatHashTile(hashes), 1)).toThrow(/not a tile/);
    expect(() => formatHashTile([])).toThrow(/not a tile/);
  });

  test('an entry bundle holds exactly its entries, the empty one too', () => {
    const entries = [new Uint8Array(0), new Uint8Array(300).fill(5), new Uint8Array(65_535)];
    const bundle = formatEntryBundle(entries);
    expect([...bundle.slice(0, 4)]).toEqual([0, 0, 1, 44]);
    expect(parseEntryBundle(bundle, 3)).toEqual(entries);
    for (const [bytes, width] of [
      [bundle.slice(0, -1), 3],
      [Uint8Array.of(...bundle.slice(0, 302), 0), 2],
      [bundle, 2],
      [new Uint8Array(0), 0],
    ] as const)
      expect(() => parseEntryBundle(bytes, width)).toThrow(/not a tile/);
    expect(() => formatEntryBundle([new Uint8Array(65_536)])).toThrow(/too long/);
  });
});
