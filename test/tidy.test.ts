// The style of the house as rules about every file: size, names, words, opening lines, and nothing dead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { exists, lineOf, listPaths, ROOT, readSourceFiles, type SourceFile, walk } from './source-files.ts';

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 50;
const MAX_OPENING_LINES = 3;

const files = readSourceFiles();
const paths = listPaths();

/** Started by a person, npm or another process rather than imported. */
const ENTRIES = [
  'server/main.ts',
  'partner/cli.ts',
  'partner/build.ts',
  'partner/sdk.ts',
  'openapi/generate.ts',
  'console/build.ts',
  'console/vite.config.ts',
  'console/src/main.tsx',
  'test/browser/screenshots.ts',
  'bench/main.ts',
  'bench/demo/demo.ts',
  'bench/attacks/main.ts',
  'vitest.config.ts',
];

/** Verbs that say nothing, and words that gather everything: what to write instead. */
const VERBS: Readonly<Record<string, string>> = {
  handle: 'the verb of what happens: answer, refuse, retry',
  process: 'the verb of what happens: load, decide, deliver',
  manage: 'the verb of what happens: open, rotate, end',
};
const NOUNS: Readonly<Record<string, string>> = {
  utils: 'the noun that the file is about',
  util: 'the noun that the file is about',
  helpers: 'the noun that the file is about',
  helper: 'the noun that the file is about',
  common: 'the folder of the one who owns it',
  shared: 'the folder of the one who owns it',
  lib: 'the folder of the one who owns it',
};

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

describe('sizes', () => {
  test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
    const tooLong = files
      .map((file) => ({ file, lines: file.text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_FILE_LINES);
    expect(tooLong.map(({ file, lines }) => `${file.path}: ${lines}`)).toEqual([]);
  });

  test(`no function is longer than ${MAX_FUNCTION_LINES} lines`, () => {
    const tooLong = files.flatMap((file) =>
      functionsOf(file)
        .filter(({ node }) => !isList(file, node))
        .map(({ node, name }) => ({
          where: `${file.path}:${lineOf(file, node)} ${name}`,
          lines: lineCount(file, node),
        }))
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES),
    );
    expect(tooLong.map(({ where, lines }) => `${where}: ${lines}`)).toEqual([]);
  });
});

describe('names', () => {
  test('files and folders are kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
    const wrong = files.filter(({ path }) =>
      path.split('/').some((name) => !kebab.test(name.replace(/(\.(test|config))?\.tsx?$/, ''))),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('no file is named by a word that gathers everything', () => {
    const wrong = paths.flatMap((path) =>
      path
        .split('/')
        .flatMap((name) => wordsOf(name.replace(/\.[a-z.]+$/, '')))
        .filter((word) => Object.hasOwn(NOUNS, word))
        .map((word) => `${path}: rather than ${word}, ${NOUNS[word]}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no name is one of the words that say nothing', () => {
    const wrong = files.flatMap((file) =>
      declaredNames(file).flatMap(({ name, node, isFunction }) => {
        const [first = '', ...more] = wordsOf(name);
        const noun = [first, ...more].find((word) => Object.hasOwn(NOUNS, word));
        const fault = isFunction && Object.hasOwn(VERBS, first) ? VERBS[first] : noun && NOUNS[noun];
        return fault === undefined ? [] : [`${file.path}:${lineOf(file, node)} ${name}: rather ${fault}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('openings', () => {
  test(`every file opens with what it is, in one to ${MAX_OPENING_LINES} lines`, () => {
    const wrong = files
      .map((file) => ({ file, lines: openingLines(file.text) }))
      .filter(({ lines }) => lines < 1 || lines > MAX_OPENING_LINES);
    expect(wrong.map(({ file, lines }) => `${file.path}: ${lines} lines`)).toEqual([]);
  });
});

describe('nothing is left behind', () => {
  test('no file is dead: all but entries and tests are imported somewhere', () => {
    const imported = new Set(files.flatMap((file) => file.imports.map((one) => one.file)));
    const dead = files.filter(
      ({ path }) => !imported.has(path) && !ENTRIES.includes(path) && !/\.test\.tsx?$/.test(path),
    );
    expect(dead.map(({ path }) => path)).toEqual([]);
  });

  test('what the product does not import is not among its files', () => {
    const imported = new Set(
      files.filter(({ isTest }) => !isTest).flatMap((file) => file.imports.map((one) => one.file)),
    );
    const onlyTested = files.filter(
      ({ path, isTest }) => !isTest && !imported.has(path) && !ENTRIES.includes(path) && !AWAITED.includes(path),
    );
    expect(onlyTested.map(({ path }) => path)).toEqual([]);
    expect(AWAITED.filter((path) => imported.has(path) || !exists(path))).toEqual([]);
  });

  test('every entry exists', () => {
    expect(ENTRIES.filter((path) => !exists(path))).toEqual([]);
  });

  test('no stub and no stand-in outside of tests', () => {
    const stub = new RegExp(
      ['\\bTO' + 'DO\\b', '\\bFIX' + 'ME\\b', 'not imple' + 'mented', '\\bmo' + 'ck'].join('|'),
      'i',
    );
    const wrong = files.filter(({ text, isTest }) => !isTest && stub.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('no test replaces a module: clock, randomness and network are arguments', () => {
    const replaced = new RegExp('\\bvi\\.(do)?mo' + 'ck\\(');
    expect(files.filter(({ text }) => replaced.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no default exports, but in configurations', () => {
    const wrong = files.filter(({ ast, path }) => !path.endsWith('.config.ts') && ast.statements.some(isDefaultExport));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('no path of a developer’s machine', () => {
    const machine = new RegExp(
      ['/wo' + 'rk/', '/ro' + 'ot/', '/Us' + 'ers/', '(?<![.\\w])/ho' + 'me/(?!node\\b)', '\\.\\./sha' + 'red/'].join(
        '|',
      ),
    );
    const texts = paths.filter((path) => /\.(tsx?|mjs|json|ya?ml|md|cedar|sh|txt|svg|html)$|(^|\/)[^.]+$/.test(path));
    const wrong = texts.filter(
      (path) => path !== 'package-lock.json' && machine.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});

/** Written and tested ahead of the issue that will import them; asserted to be awaited still. */
const AWAITED: readonly string[] = [];

function functionsOf(file: SourceFile): { node: ts.FunctionLikeDeclaration; name: string }[] {
  const found: { node: ts.FunctionLikeDeclaration; name: string }[] = [];
  walk(file.ast, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
    const declaration = node as ts.FunctionLikeDeclaration;
    const named = ts.isVariableDeclaration(node.parent) ? node.parent.name : declaration.name;
    found.push({ node: declaration, name: named?.getText(file.ast) ?? '' });
  });
  return found;
}

// A suite is a list of cases, and a migration a list of tables: cutting one up would only hide its order.
function isList(file: SourceFile, node: ts.FunctionLikeDeclaration): boolean {
  if (file.path.includes('/migrations/')) return true;
  const statements = node.body !== undefined && ts.isBlock(node.body) ? node.body.statements : [];
  return file.isTest && statements.some((statement) => /^(describe|test|it)\b/.test(statement.getText(file.ast)));
}

function lineCount(file: SourceFile, node: ts.Node): number {
  return file.ast.getLineAndCharacterOfPosition(node.end).line + 2 - lineOf(file, node);
}

function declaredNames(file: SourceFile): { name: string; node: ts.Node; isFunction: boolean }[] {
  const found: { name: string; node: ts.Node; isFunction: boolean }[] = [];
  walk(file.ast, (node) => {
    const named = node as ts.Node & { name?: ts.Node; initializer?: ts.Node };
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isClassDeclaration(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isPropertySignature(node) ||
      ts.isMethodSignature(node);
    if (!isDeclaration || named.name === undefined || !ts.isIdentifier(named.name)) return;
    const value = named.initializer;
    const isFunction = ts.isFunctionLike(node) || (value !== undefined && ts.isFunctionLike(value));
    found.push({ name: named.name.text, node, isFunction });
  });
  return found;
}

function openingLines(text: string): number {
  const lines = text.split('\n');
  if (lines[0]?.startsWith('#!')) lines.shift();
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return end === -1 ? lines.length : end;
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  return (
    ts.canHaveModifiers(statement) &&
    !!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}
