// A folder on a server as a place for files: written aside as .part, checked, and renamed over the name in one step.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import SftpClient from 'ssh2-sftp-client';
import { digestLine } from '../file-drop/drop-client.ts';
import type { DropFolder, FileBytes, StoredFile } from '../file-drop/drop-folder.ts';
import type { ClientContext } from '../kit/define-destination.ts';
import { DeliveryError, PermanentError, RetryableError } from '../kit/errors.ts';
import { KEEPALIVE_COUNT_MAX, KEEPALIVE_INTERVAL_MS, READY_TIMEOUT_MS, SILENCE_MS } from './limits.ts';
import type { SftpCredentials, SftpSettings } from './settings.ts';
import { SilenceWatch } from './silence-watch.ts';

export interface ServerOptions {
  readonly settings: SftpSettings;
  readonly credentials: SftpCredentials;
  readonly context: ClientContext;
  readonly silenceMs?: number;
}

export async function openServerFolder({
  settings,
  credentials,
  context,
  silenceMs = SILENCE_MS,
}: ServerOptions): Promise<DropFolder> {
  const sock = await context.egress.connect({ host: settings.host, port: settings.port });
  // Faults after the session is up arrive at the call that waits; without this they would end the process.
  const client = new SftpClient('ecluse', { error: () => undefined, end: () => undefined, close: () => undefined });
  let keyMatches = true;
  const hostVerifier = (key: Buffer): boolean => {
    keyMatches = isPinned(key, settings.host_key);
    return keyMatches;
  };
  const abort = (): void => void sock.destroy();
  context.signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect({ sock, hostVerifier, ...timing, ...signIn(credentials) });
  } catch (error) {
    sock.destroy();
    context.signal.throwIfAborted();
    throw keyMatches ? serverFault(error) : hostKeyRefused();
  }
  const path = (name: string): string => (settings.folder === '/' ? `/${name}` : `${settings.folder}/${name}`);
  const watch = new SilenceWatch(sock, silenceMs);
  const storing = async <T>(work: () => Promise<T>): Promise<T> =>
    watch.during(work).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw watch.fault ?? serverFault(error);
    });
  const heard = <T>(chunk: T): T => {
    watch.begin();
    return chunk;
  };
  return {
    write: (name, bytes, { alone = false } = {}) =>
      storing(() => writeWhole(client, { name, bytes, alone, path, heard })),
    describe: (name) => storing(() => describeFile(client, name, path)),
    check: () => storing(() => checkFolder(client, settings.folder)),
    close: async () => {
      context.signal.removeEventListener('abort', abort);
      await client.end().catch(() => undefined);
      sock.destroy();
    },
  };
}

const timing = {
  readyTimeout: READY_TIMEOUT_MS,
  keepaliveInterval: KEEPALIVE_INTERVAL_MS,
  keepaliveCountMax: KEEPALIVE_COUNT_MAX,
};

function signIn({ username, password, private_key, passphrase }: SftpCredentials) {
  if (private_key === undefined) return { username, password: password ?? '' };
  return { username, privateKey: private_key, ...(passphrase === undefined ? {} : { passphrase }) };
}

function isPinned(key: Buffer, pinned: string): boolean {
  const shown = createHash('sha256').update(key).digest();
  const expected = Buffer.from(pinned.slice('SHA256:'.length), 'base64');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

interface Writing {
  readonly name: string;
  readonly bytes: FileBytes;
  readonly alone: boolean;
  path(name: string): string;
  /** Told of each chunk that the server has asked for. */
  heard(chunk: Uint8Array): Uint8Array;
}

/** The digest lies beside each file before the file appears, so that whoever sees the file can check it. */
async function writeWhole(client: SftpClient, { name, bytes, alone, path, heard }: Writing): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      hash.update(chunk);
      length += chunk.length;
      yield heard(chunk);
    }
  };
  const part = path(`.${name}.part`);
  await client.put(Readable.from(counted(), { objectMode: false }), part);
  const { size } = await client.stat(part);
  if (size !== length) throw new RetryableError('storage', 'the server has not all the bytes that it was sent');
  if (!alone) {
    const line = digestLine({ name, sha256: hash.digest('hex') });
    await writeWhole(client, { name: `${name}.sha256`, bytes: [line], alone: true, path, heard });
  }
  await rename(client, part, path(name));
}

/** In one step where the server knows how; otherwise a moment passes between the old file and the new one. */
async function rename(client: SftpClient, from: string, to: string): Promise<void> {
  try {
    await client.posixRename(from, to);
  } catch (error) {
    if (!(error instanceof Error) || !/does not support this extended request|not supported/i.test(error.message))
      throw error;
    if (await client.exists(to)) await client.delete(to);
    await client.rename(from, to);
  }
}

async function describeFile(client: SftpClient, name: string, path: Writing['path']): Promise<StoredFile> {
  const { size } = await client.stat(path(name));
  const line = (await client.get(path(`${name}.sha256`))) as Buffer;
  const sha256 = line.toString('latin1').slice(0, 64);
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new PermanentError('answer_invalid', 'the server does not have a file as it was put there');
  return { name, bytes: size, sha256 };
}

async function checkFolder(client: SftpClient, folder: string): Promise<void> {
  const { isDirectory } = await client.stat(folder);
  if (!isDirectory) throw new PermanentError('folder_refused', 'the folder on the server is a file');
}

const hostKeyRefused = (): PermanentError =>
  new PermanentError('host_refused', 'the server shows another host key than the pinned one');

/** The client puts paths and the server's own words into messages: only its codes are told on. */
function serverFault(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : '';
  if (/authentication methods failed|Encrypted .*key|Cannot parse privateKey|bad passphrase/i.test(text))
    return new PermanentError('authentication', 'the server does not let this account in', { cause: error });
  if (code === 'ENOENT' || code === '2')
    return new PermanentError('folder_refused', 'the server has no such folder', { cause: error });
  if (code === 'EACCES' || code === '3')
    return new PermanentError('folder_refused', 'the account may not write there', { cause: error });
  if (code === '4' || code === '14' || code === '15')
    return new RetryableError('storage', 'the server could not store the file', { cause: error });
  return new RetryableError('network', 'the connection to the server failed', { cause: error });
}
