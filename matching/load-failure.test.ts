// A file that cannot be loaded at all: one clear error, nothing visible, nothing left behind, never a value repeated.
import { readdir } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { dropDatasetVersion, LoadFailure, loadDataset, type UploadSource } from './load.ts';
import { digestOf, idOf, PEOPLE_SCHEMA, storedUpload, TENANT_KEY, uploadOf, withScratch } from './load-fixture.ts';

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';
const A = digestOf('a');
const ROW = `r1,${A},,,,,,,`;
const CANARY = 'jane.canary@example.org';
const gzip = (text: string) => gzipSync(Buffer.from(text));

let opened: TestEngine;
let engine: Engine;
beforeAll(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
});
afterAll(() => opened.close());

async function failureOf(source: UploadSource, options: object = {}): Promise<LoadFailure> {
  return withScratch(async (scratchDir) => {
    const request = { source, schema: PEOPLE_SCHEMA, mode: 'replace', tenantKey: TENANT_KEY, scratchDir } as const;
    const failure = await loadDataset(engine, { ...request, version: idOf('dsv', '1'), ...options }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(LoadFailure);
    expect(JSON.stringify([failure, (failure as Error).message, (failure as Error).stack])).not.toContain('canary');
    expect(await readdir(scratchDir)).toEqual([]);
    expect(await engine.listTables()).toEqual([]);
    return failure as LoadFailure;
  });
}

describe('a value in the clear fails the whole load and is told by row and field', () => {
  test.each([
    ['an email where a digest is due', `r1,${CANARY},,,,,,,`, 'email'],
    ['an email as a record id', `${CANARY},${A},,,,,,,`, 'id'],
    ['an email as a category', `r1,${A},,,${CANARY},,,,`, 'activity'],
    ['an email within a longer cell', `r1,${A},,,"call me: <${CANARY}>",,,,`, 'activity'],
    ['an email as a date', `r1,${A},,,,,${CANARY},,`, 'last_visit'],
    ['an email as an activation id', `r1,${A},,,,,,${CANARY},`, 'xandr_id'],
    ['an email among purposes', `r1,${A},,,,,,,${CANARY}`, 'purposes'],
    ['an email in a row that is rejected anyway', `,${A},,maybe,${CANARY},,,,`, 'activity'],
    ['an email in a row with a field too many', `r1,${A},,,,,,,,${CANARY}`, undefined],
    ['a telephone number where a digest is due', `r1,${A},+33 6 12 34 56 78,,,,,,`, 'phone'],
    ['a national telephone number where a digest is due', `r1,0612345678,,,,,,,`, 'email'],
    ['a telephone number as a category', `r1,${A},,,06.12.34.56.78,,,,`, 'activity'],
  ])('%s', async (_name, row, field) => {
    const failure = await failureOf(uploadOf([HEADER, ROW.replace('r1', 'r0'), row, ''].join('\n')));
    expect(failure).toMatchObject({ code: 'cleartext_identifier', row: 2, field });
  });

  test('an email in the first line of a file without a header', async () => {
    expect(await failureOf(uploadOf(`1,${CANARY}\n`))).toMatchObject({ code: 'cleartext_identifier', row: 0 });
  });

  test.each([
    ['a line of NDJSON that cannot be read', `{"email":"${CANARY}`],
    ['a nested object', `{"email":"${A}","activity":{"notes":["${CANARY}"]}}`],
    ['a property that no column declares', `{"email":"${A}","contact":"${CANARY}"}`],
    ['the name of a property', `{"${CANARY}":1}`],
    ['a list instead of an object', `["${CANARY}"]`],
  ])('an email in %s', async (_name, line) => {
    const source = uploadOf(`{"id":"1","email":"${A}"}\n${line}\n`, { format: 'ndjson' });
    expect(await failureOf(source)).toMatchObject({ code: 'cleartext_identifier', row: 2 });
  });

  test('a numeric record id, platform id or short category code is none', async () => {
    const rows = `${HEADER}\n33612345678,${A},,,75011,0612345678,,4155550123,\n`;
    const outcome = await withScratch((scratchDir) =>
      loadDataset(engine, {
        source: uploadOf(rows),
        schema: PEOPLE_SCHEMA,
        mode: 'replace',
        version: idOf('dsv', '2'),
        tenantKey: TENANT_KEY,
        scratchDir,
      }),
    );
    expect(outcome).toMatchObject({ accepted: 1, rejected: {} });
    await dropDatasetVersion(engine, idOf('dsv', '2'));
  });
});

describe('a file that is wrong as a file', () => {
  const text = [HEADER, ...Array.from({ length: 3_000 }, (_, n) => `r${n},${digestOf(String(n))},,,,,,,`)].join('\n');
  const bomb = `${HEADER}\n${'r1,,,,,,,,\n'.repeat(3_000_000)}`;

  test.each<[string, string, UploadSource, object]>([
    ['a column the schema does not have', 'column_unknown', uploadOf(`${HEADER},extra\n${ROW},\n`), {}],
    ['a column missing', 'column_missing', uploadOf(`id,email\nr1,${A}\n`), {}],
    ['a column twice', 'column_duplicate', uploadOf(`${HEADER},id\n${ROW},r1\n`), {}],
    ['an empty file', 'file_empty', uploadOf(''), {}],
    ['an empty gzip', 'file_empty', storedUpload(Buffer.alloc(0), { compression: 'gzip' }), {}],
    ['a header alone', 'file_empty', uploadOf(`${HEADER}\n`), {}],
    ['UTF-16 without its mark', 'encoding_invalid', uploadOf(Buffer.from(`${HEADER}\n${ROW}`, 'utf16le')), {}],
    ['bytes of anything', 'encoding_invalid', uploadOf(Buffer.from([0x80, 0xfe, 0x41, 0x0a, 0xff])), {}],
    ['a gzip that says nothing of it', 'compression_invalid', uploadOf(gzip(`${HEADER}\n${ROW}\n`)), {}],
    ['a Parquet file called CSV', 'file_malformed', uploadOf('PAR1 and more'), {}],
    ['UTF-16', 'encoding_invalid', uploadOf(Buffer.from(`\uFEFF${HEADER}\n${ROW}`, 'utf16le')), {}],
    ['Latin-1', 'encoding_invalid', uploadOf(Buffer.from(`${HEADER}\nr\xe9,${A},,,,,,,\n`, 'latin1')), {}],
    [
      'a gzip cut short',
      'compression_truncated',
      storedUpload(gzip(text).subarray(0, -4_000), { compression: 'gzip' }),
      {},
    ],
    [
      'a gzip without its last bytes',
      'compression_truncated',
      storedUpload(gzip(text).subarray(0, -3), { compression: 'gzip' }),
      {},
    ],
    [
      'a zstd cut short',
      'compression_truncated',
      storedUpload(zstdCompressSync(Buffer.from(text)).subarray(0, -9), { compression: 'zstd' }),
      {},
    ],
    ['plain text called gzip', 'compression_invalid', storedUpload(Buffer.from(text), { compression: 'gzip' }), {}],
    ['another SHA-256', 'sha256_mismatch', uploadOf(text, { sha256: '0'.repeat(64) }), {}],
    ['a decompression bomb', 'decompression_limit', uploadOf(bomb, { compression: 'gzip' }), {}],
    [
      'a file beyond the size allowed',
      'decompression_limit',
      uploadOf(text),
      { limits: { maxDecompressedBytes: 9_999 } },
    ],
    ['a quote that never closes', 'quote_unterminated', uploadOf(`${HEADER}\nr1,"${A},,,,,,,\n`), {}],
    ['a row without end', 'field_too_long', uploadOf(`${HEADER}\nr1,"${'x'.repeat(2 ** 21)}`), {}],
    ['more rows than allowed', 'row_limit', uploadOf(text), { limits: { maxRows: 100 } }],
    ['no Parquet', 'file_malformed', uploadOf('PAR1 not at all', { format: 'parquet' }), {}],
    [
      'an upsert without a record id',
      'record_id_column_missing',
      uploadOf(`email\n${A}\n`),
      {
        mode: 'upsert',
        schema: { name: 'x', columns: { email: { role: 'identifier', type: 'email' } } },
      },
    ],
  ])('%s', async (_name, code, source, options) => {
    expect((await failureOf(source, options)).code).toBe(code);
  });

  test('a cancelled load', async () => {
    expect((await failureOf(uploadOf(text), { signal: AbortSignal.abort() })).code).toBe('load_aborted');
  });
});
