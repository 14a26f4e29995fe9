// The console as it is built: what a first visit loads, and that it asks for nothing inline; and that its words know all of the service's codes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONSOLE_FOLDER, ensureConsole } from '../console/build.ts';
import { en } from '../console/src/i18n/en.ts';
import { DENY_REASONS } from '../policies/deny-reason.ts';
import { ERROR_STATUS } from '../server/errors.ts';
import { lineOf, readSourceFiles, walk } from './source-files.ts';

const MOST_BYTES = 150_000;

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
  readonly imports?: readonly string[];
  readonly isDynamicEntry?: boolean;
  readonly isEntry?: boolean;
}

describe('the build', () => {
  let chunks: Record<string, Chunk>;
  let index: string;
  beforeAll(async () => {
    await ensureConsole();
    chunks = JSON.parse(readFileSync(join(CONSOLE_FOLDER, '.vite/manifest.json'), 'utf8'));
    index = readFileSync(join(CONSOLE_FOLDER, 'index.html'), 'utf8');
  }, 120_000);

  /** The files that a chunk cannot start without. */
  function filesOf(name: string, found = new Set<string>()): Set<string> {
    const { file, css = [], imports = [] } = chunks[name]!;
    if (found.has(file)) return found;
    for (const one of [file, ...css]) found.add(one);
    for (const imported of imports) filesOf(imported, found);
    return found;
  }

  const bytesOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(CONSOLE_FOLDER, file))).length, 0);

  const isPage = (name: string): boolean => /^src\/pages\/.*-page\.tsx$/.test(name);

  test(`lets a first visit to any page load less than ${MOST_BYTES / 1000} kB, in either language`, () => {
    const entry = Object.keys(chunks).find((name) => chunks[name]!.isEntry)!;
    const pages = Object.keys(chunks).filter(isPage);
    expect(pages.length).toBeGreaterThan(10);
    const document = gzipSync(index).length;
    const sizes = pages.flatMap((page) =>
      ['src/i18n/en.ts', 'src/i18n/fr.ts'].map((language) => {
        const files = new Set([...filesOf(entry), ...filesOf(language), ...filesOf(page)]);
        return { page, language, bytes: document + bytesOf(files) };
      }),
    );
    expect(sizes.filter(({ bytes }) => bytes >= MOST_BYTES)).toEqual([]);
  });

  test('names every file by its content', () => {
    const named = Object.values(chunks).flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]);
    expect(named.filter((file) => !/^assets\/[\w.-]+-[\w-]{8}\.\w+$/.test(file))).toEqual([]);
  });

  test('has no script and no style within the page, and no other origin', () => {
    expect(index).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(index).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(index).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});

describe('the words', () => {
  test('are the catalogue’s: no page holds a sentence between its tags', () => {
    // The name of the product is the same in every language.
    const names = new Set(['Écluse']);
    const wrong = readSourceFiles()
      .filter(({ path }) => path.startsWith('console/') && path.endsWith('.tsx'))
      .flatMap((file) => {
        const found: string[] = [];
        walk(file.ast, (node) => {
          if (!ts.isJsxText(node)) return;
          const text = node.text.trim();
          if (/\p{L}{2,}/u.test(text) && !names.has(text)) found.push(`${file.path}:${lineOf(file, node)} ${text}`);
        });
        return found;
      });
    expect(wrong).toEqual([]);
  });

  test('tell of every reason of a refusal what to do', () => {
    expect(Object.keys(en.reasons).sort()).toEqual(Object.keys(DENY_REASONS).sort());
  });

  test('name every error code', () => {
    expect(Object.keys(ERROR_STATUS).filter((code) => !Object.hasOwn(en.problems, code))).toEqual([]);
  });
});
