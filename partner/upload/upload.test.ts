// Rules of uploading: whole and checked, resumed after a cut or Ctrl-C, one load however often it is asked for, exit codes by cause.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { API_KEY, DATASET, sha256Hex, startTestService, type TestService } from './test-service.ts';
import { uploadFile } from './upload-file.ts';
import { statePath } from './upload-state.ts';

const CONTENT = randomBytes(300_000);
let service: TestService;
let folder: string;
let file: string;

beforeEach(async () => {
  service = await startTestService();
  folder = mkdtempSync(join(tmpdir(), 'ecluse-upload-'));
  file = join(folder, 'crm.hashed.csv');
  writeFileSync(file, CONTENT);
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const upload = (signal = new AbortController().signal, retryDelaysMs: readonly number[] = []) =>
  uploadFile({
    ...{ file, serviceUrl: service.url, datasetId: DATASET, apiKey: API_KEY, restart: false, signal },
    ...{ partBytes: 64_000, retryDelaysMs, onProgress: () => {} },
  });

async function command(args: readonly string[], env: Record<string, string> = { ECLUSE_API_KEY: API_KEY }) {
  let stdout = '';
  const into = (take: (text: string) => undefined) =>
    new Writable({ write: (bytes, _, done) => done(take(String(bytes))) });
  const terminal = {
    ...{
      stdin: process.stdin,
      env,
      signal: new AbortController().signal,
      programUrl: new URL('../cli.ts', import.meta.url),
    },
    stdout: into((text) => {
      stdout += text;
    }),
    stderr: into(() => {}),
  } as unknown as Terminal;
  const all = ['upload', file, '--url', service.url, '--dataset', DATASET, '--json', ...args];
  return { status: await run(all, terminal), json: JSON.parse(stdout) };
}

test('the file arrives whole, with its name, dataset and SHA-256', async () => {
  const uploaded = await upload();
  expect(service.seen.received.equals(CONTENT)).toBe(true);
  expect(service.seen.metadata).toEqual({
    filename: 'crm.hashed.csv',
    sha256: sha256Hex(CONTENT),
    dataset_id: DATASET,
  });
  expect(uploaded).toMatchObject({ uploadId: expect.stringMatching(/^upl_/), bytes: CONTENT.length, resumed: false });
});

test('a cut is resumed by itself while retries last', async () => {
  service.cutAfterBytes = 100_000;
  await upload(undefined, [1, 1]);
  expect(service.seen.received.equals(CONTENT)).toBe(true);
  expect(service.seen.begun).toBe(1);
});

test('after a cut the next run goes on where the first stopped, and the state holds no key', async () => {
  service.cutAfterBytes = 100_000;
  await expect(upload()).rejects.toMatchObject({ code: 'network', exitCode: 6 });
  expect(readFileSync(statePath(file), 'utf8')).not.toContain(API_KEY);
  expect(await upload()).toMatchObject({ resumed: true });
  expect(service.seen.received.equals(CONTENT)).toBe(true);
  expect(service.seen.begun).toBe(1);
});

test('after Ctrl-C the next run goes on', async () => {
  const interruption = new AbortController();
  service.onPart = () => interruption.abort();
  await expect(upload(interruption.signal)).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  delete service.onPart;
  expect(await upload()).toMatchObject({ resumed: true });
  expect(service.seen.received.equals(CONTENT)).toBe(true);
  expect(service.seen.begun).toBe(1);
});

test('no byte goes out before the place where the next run goes on is written down', async () => {
  const seen: unknown[] = [];
  service.onPart = () => void seen.push(JSON.parse(readFileSync(statePath(file), 'utf8')).uploadUrl);
  await upload();
  expect(seen.length).toBeGreaterThan(0);
  expect(new Set(seen)).toEqual(new Set([expect.stringContaining('/v1/uploads/upl_')]));
});

test('a file that changed in between is sent anew', async () => {
  service.cutAfterBytes = 100_000;
  await expect(upload()).rejects.toMatchObject({ code: 'network' });
  utimesSync(file, new Date(), new Date(Date.now() + 5_000));
  expect(await upload()).toMatchObject({ resumed: false });
  expect(service.seen.begun).toBe(2);
});

test('the key is not sent to another service that a state names', async () => {
  service.cutAfterBytes = 100_000;
  await expect(upload()).rejects.toMatchObject({ code: 'network' });
  const state = JSON.parse(readFileSync(statePath(file), 'utf8'));
  writeFileSync(statePath(file), JSON.stringify({ ...state, uploadUrl: 'http://127.0.0.1:1/v1/uploads/x' }));
  expect(await upload()).toMatchObject({ resumed: false });
});

test.each([
  [401, 4],
  [403, 5],
  [429, 6],
  [503, 6],
  [413, 1],
])('an answer of %i exits with %i', async (status, exitCode) => {
  service.refuseWith = status;
  await expect(upload()).rejects.toMatchObject({ exitCode });
});

test('a service that cannot be reached exits with 6', async () => {
  await expect(
    uploadFile({
      ...{ file, serviceUrl: 'http://127.0.0.1:9', datasetId: DATASET, apiKey: API_KEY, restart: false },
      ...{ retryDelaysMs: [], signal: new AbortController().signal, onProgress: () => {} },
    }),
  ).rejects.toMatchObject({ exitCode: 6 });
});

test('upload --load asks for one load, follows it, and forgets the state once it is done', async () => {
  writeFileSync(`${file}.key.json`, JSON.stringify({ version: 1, publicKeyId: 'x', sealedFileKey: 'c2VhbGVk' }));
  const { status, json } = await command(['--load', 'replace']);
  expect(status).toBe(0);
  expect(json).toMatchObject({ bytes: CONTENT.length, load: { accepted: 2, rejected: { record_id_duplicate: 1 } } });
  expect(service.seen.loads).toEqual([
    {
      body: { upload_id: expect.stringMatching(/^upl_/), mode: 'replace', sealed_file_key: 'c2VhbGVk' },
      key: expect.stringMatching(/^load-upl_.*-replace$/),
    },
  ]);
  expect(existsSync(statePath(file))).toBe(false);
});

test('a load that rejected rows exits with 3, one that failed with 1 and its row and field', async () => {
  service.loadStatus = 'partially_succeeded';
  expect((await command(['--load', 'upsert'])).status).toBe(3);
  service.loadStatus = 'failed';
  const failed = await command(['--load', 'upsert']);
  expect(failed.status).toBe(1);
  expect(failed.json).toMatchObject({ error: { code: 'load_failed', row: 7, field: 'email' } });
});

test('without an API key nothing is sent', async () => {
  expect(await command([], {})).toMatchObject({ status: 2, json: { error: { code: 'api_key_missing' } } });
  expect(service.seen.begun).toBe(0);
});

test('a wrong API key exits with 4', async () => {
  expect(await command([], { ECLUSE_API_KEY: 'ecl_wrong' })).toMatchObject({
    status: 4,
    json: { error: { code: 'unauthenticated' } },
  });
});
