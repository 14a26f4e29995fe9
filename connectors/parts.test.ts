// Every kind has all the parts a destination is made of, each of them used: a missing, idle or impure one fails here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listDestinations } from './registry.ts';

const kinds = listDestinations().map(({ kind }) => kind);
const folderOf = (kind: string): URL => new URL(`${kind}/`, import.meta.url);
const textOf = (kind: string, name: string): string => readFileSync(new URL(name, folderOf(kind)), 'utf8');
const filesOf = (kind: string): string[] => readdirSync(folderOf(kind));
const testsOf = (kind: string): string =>
  filesOf(kind)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => textOf(kind, name))
    .join('\n');

const PARTS = ['README.md', 'client.ts', 'destination.ts', 'payload.ts', 'sandbox.ts', 'settings.ts'];
/** What would let a payload depend on anything but its arguments; a digest or a byte buffer does not. */
const IMPURE =
  /\bnode:(?!buffer|crypto)|\bDate\.now|new Date\(\)|Math\.random|randomBytes|randomUUID|\bfetch\(|\bprocess\./;

describe.each(kinds)('%s', (kind) => {
  it('has each part', () => {
    expect(filesOf(kind)).toEqual(expect.arrayContaining(PARTS));
  });

  it('declares a client and a payload of its own', () => {
    const own = filesOf(kind).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const users = (part: string) => own.filter((name) => textOf(kind, name).includes(`from './${part}'`));
    expect(textOf(kind, 'destination.ts')).toMatch(/^\s+client\b/m);
    expect(users('client.ts')).toContain('destination.ts');
    expect(users('payload.ts').length).toBeGreaterThan(0);
  });

  it('makes its payload of nothing but what it is given', () => {
    expect(textOf(kind, 'payload.ts')).not.toMatch(IMPURE);
    expect(textOf(kind, 'payload.ts')).toMatch(/^export (async )?(function|const) /m);
  });

  it('has fixtures named by case, each of which a test of its own reads', () => {
    const folder = new URL('fixtures/', folderOf(kind));
    const fixtures = existsSync(folder) ? readdirSync(folder) : [];
    expect(fixtures.length).toBeGreaterThan(0);
    for (const name of fixtures) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.(json|csv|ndjson|txt)$/);
      expect(testsOf(kind), name).toMatch(new RegExp(`\\b${name.split('.')[0]}\\b`));
      expect(textOf(kind, `fixtures/${name}`).trim().length).toBeGreaterThan(0);
    }
  });

  it('passes the conformance suite', () => {
    expect(testsOf(kind)).toMatch(/^\s*describe(List)?Conformance\(/m);
  });
});
