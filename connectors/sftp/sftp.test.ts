// The SFTP destination against the sandbox, with every fault it can play, and against OpenSSH's own server.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMembers } from '../file-drop/drop-reader.ts';
import { describeConformance } from '../kit/conformance.ts';
import {
  type ConformanceSubject,
  type ConformanceWorld,
  deliverToEnd,
  FakeClock,
  ProgressStore,
} from '../kit/conformance-world.ts';
import { type ClientContext, validateSettings } from '../kit/define-destination.ts';
import { testDestination } from '../kit/deliver.ts';
import { openEgress } from '../kit/egress.ts';
import { deliverThree, fixtureText } from '../testing/fixture.ts';
import { isOpenSshMissing, type OpenSshServer, startOpenSsh } from '../testing/openssh-server.ts';
import { sftp } from './destination.ts';
import {
  newKeyPair,
  SANDBOX_ACCOUNT,
  SANDBOX_FOLDER,
  type SftpSandbox,
  type SftpSandboxOptions,
  startSftpSandbox,
} from './sandbox.ts';
import { openServerFolder } from './server-folder.ts';
import type { SftpSettings } from './settings.ts';

const { PERMISSION_DENIED, FAILURE } = ssh2.utils.sftp.STATUS_CODE;

const settingsOf = (sandbox: SftpSandbox) => ({
  host: '127.0.0.1',
  port: sandbox.port,
  host_key: sandbox.hostKey,
  folder: SANDBOX_FOLDER,
  id_type: 'customer',
  max_rows_per_file: 30,
});

async function startWorld(options: SftpSandboxOptions = {}): Promise<ConformanceWorld> {
  const sandbox = await startSftpSandbox(options);
  return {
    settings: settingsOf(sandbox),
    credentials: SANDBOX_ACCOUNT,
    members: () => sandbox.members(),
    traffic: async () => sandbox.traffic(),
    close: () => sandbox.close(),
    faults: {
      retry: [
        () => sandbox.inject({ at: 'connect' }),
        () => sandbox.inject({ at: 'write' }),
        () => sandbox.inject({ at: 'rename' }),
        () => sandbox.inject({ at: 'open', status: FAILURE }),
      ],
      permanent: () => sandbox.inject({ at: 'open', status: PERMISSION_DENIED, times: 9 }),
    },
  };
}

const subject = (start: ConformanceSubject['start']): ConformanceSubject => ({
  destination: sftp,
  idAt: (index) => `id "${index}", ünï`,
  invalidIds: ['', 'a\nb', '\ud800', 'x'.repeat(513), '=1+1'],
  invalidSettings: [
    { change: { host: 'https://server' }, pointer: '/settings/host' },
    { change: { host_key: 'MD5:aa:bb' }, pointer: '/settings/host_key' },
    { change: { folder: '../up' }, pointer: '/settings/folder' },
    { change: { folder: 'a/../b' }, pointer: '/settings/folder' },
    { change: { port: 0 }, pointer: '/settings/port' },
  ],
  start,
});

describeConformance(subject(() => startWorld()));

describe('a server', () => {
  const clock = new FakeClock();
  const options = (settings: Record<string, unknown>, credentials: Record<string, unknown>) => ({
    settings,
    credentials,
    network: { allowedAddresses: ['127.0.0.1/32'] },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
  });

  it('that cannot rename over a file is written to all the same', async () => {
    const world = await startWorld({ knowsPosixRename: false });
    const exchange = { subject: subject(() => startWorld()), clock, world };
    const changes = [{ id: 'a', change: 'add' as const }];
    const store = new ProgressStore('dlv_1', clock);
    store.killAt = { save: 1, when: 'before' };
    expect(await deliverToEnd(exchange, store, changes)).toMatchObject({ status: 'delivered', added: 1 });
    expect(await world.members()).toEqual(['a']);
    await world.close();
  });

  it('with another host key is refused before any credential is sent', async () => {
    const sandbox = await startSftpSandbox();
    const pinned = { ...settingsOf(sandbox), host_key: `SHA256:${'A'.repeat(43)}` };
    await expect(testDestination(sftp, options(pinned, SANDBOX_ACCOUNT))).rejects.toMatchObject({
      code: 'host_refused',
    });
    await sandbox.close();
  });

  it.each([
    ['a wrong password', { ...SANDBOX_ACCOUNT, password: 'wrong' }, 'authentication'],
    ['a key it does not know', { username: 'sandbox', private_key: newKeyPair().private }, 'authentication'],
    [
      'a key that is none',
      { username: 'sandbox', private_key: '-----BEGIN X KEY-----\nAAAA\n-----END X KEY-----' },
      'authentication',
    ],
  ])('refuses %s for good', async (_, credentials, code) => {
    const sandbox = await startSftpSandbox();
    await expect(testDestination(sftp, options(settingsOf(sandbox), credentials))).rejects.toMatchObject({ code });
    await sandbox.close();
  });

  it('without the folder says so', async () => {
    const sandbox = await startSftpSandbox();
    const elsewhere = { ...settingsOf(sandbox), folder: '/elsewhere' };
    await expect(testDestination(sftp, options(elsewhere, SANDBOX_ACCOUNT))).rejects.toMatchObject({
      code: 'folder_refused',
    });
    await sandbox.close();
  });

  it('at a private address is dialled only where the operator allows it', async () => {
    const sandbox = await startSftpSandbox();
    const closed = { ...options(settingsOf(sandbox), SANDBOX_ACCOUNT), network: {} };
    await expect(testDestination(sftp, closed)).rejects.toMatchObject({ code: 'address_refused' });
    expect(sandbox.traffic()).toBe(0);
    await sandbox.close();
  });

  it.each([
    ['neither', {}],
    ['both', { password: 'a', private_key: '-----BEGIN X KEY-----\nAAAA\n-----END X KEY-----' }],
  ])('is not signed in to with %s of password and key', async (_, ways) => {
    const sandbox = await startSftpSandbox();
    const call = testDestination(sftp, options(settingsOf(sandbox), { username: 'sandbox', ...ways }));
    await expect(call).rejects.toMatchObject({ code: 'settings_invalid' });
    await sandbox.close();
  });
});

describe('what a file says', () => {
  it.each([
    ['csv', 'rows.csv', 'manifest-of-csv.json'],
    ['ndjson', 'rows.ndjson', 'manifest-of-ndjson.json'],
  ])('is as the fixtures have it in %s, byte for byte: %s and %s', async (format, rows, manifest) => {
    const sandbox = await startSftpSandbox();
    await deliverThree(sftp, { settings: { ...settingsOf(sandbox), format }, credentials: SANDBOX_ACCOUNT });
    const text = (name: string) => sandbox.files.get(`${SANDBOX_FOLDER}/${name}`)?.toString('utf8');
    expect(text(`dlv_1-00001.${format}`)).toBe(fixtureText(import.meta.url, rows));
    expect(text('dlv_1.manifest.json')).toBe(fixtureText(import.meta.url, manifest));
    await sandbox.close();
  });
});

it('a server that keeps the connection alive and answers no more is left', async () => {
  const sandbox = await startSftpSandbox();
  const { settings: given, credentials } = { settings: settingsOf(sandbox), credentials: SANDBOX_ACCOUNT };
  const { settings } = validateSettings(sftp, { settings: given, credentials });
  const signal = new AbortController().signal;
  const egress = openEgress({ network: { allowedAddresses: ['127.0.0.1/32'] }, hosts: ['127.0.0.1'], signal });
  const context = { egress, signal } as unknown as ClientContext;
  const of = { settings: settings as unknown as SftpSettings, credentials, context, silenceMs: 500 };
  const folder = await openServerFolder(of);
  sandbox.inject({ at: 'silence' });
  const writing = folder.write('a.csv', [Buffer.from('id,change')]);
  await expect(writing).rejects.toMatchObject({ code: 'timeout', message: 'the server fell silent' });
  await folder.close();
  const again = await openServerFolder({ ...of, silenceMs: 60_000 });
  await again.write('a.csv', [Buffer.from('id,change')]);
  await again.close();
  expect(sandbox.files.get(`${SANDBOX_FOLDER}/a.csv`)?.toString()).toBe('id,change');
  await sandbox.close();
}, 30_000);

describe.skipIf(isOpenSshMissing)('OpenSSH’s server', () => {
  let server: OpenSshServer;
  beforeAll(async () => {
    server = await startOpenSsh();
  }, 30_000);
  afterAll(() => server.close());

  it('takes a delivery that was killed between two files, and a second one over it', async () => {
    const clock = new FakeClock();
    const { upload } = server;
    const settings = { ...server.settings, gzip: true, max_rows_per_file: 300 };
    const members = async (): Promise<string[]> =>
      readMembers({ names: await readdir(upload), read: (name) => readFile(join(upload, name)) });
    const world = { settings, credentials: server.credentials, members } as unknown as ConformanceWorld;
    const exchange = { subject: subject(() => startWorld()), clock, world };
    const add = Array.from({ length: 1_000 }, (_, index) => ({ id: `id${index}`, change: 'add' as const }));
    const store = new ProgressStore('dlv_1', clock);
    store.killAt = { save: 2, when: 'before' };
    expect(await deliverToEnd(exchange, store, add)).toMatchObject({ status: 'delivered', added: 1_000, batches: 4 });
    await clock.sleep(1_000);
    const removal = add.slice(0, 990).map(({ id }) => ({ id, change: 'remove' as const }));
    expect(await deliverToEnd(exchange, new ProgressStore('dlv_2', clock), removal)).toMatchObject({ removed: 990 });
    expect(await members()).toEqual(add.slice(990).map(({ id }) => id));
    expect((await readdir(upload)).filter((name) => name.endsWith('.part'))).toEqual([]);
  }, 30_000);
});
