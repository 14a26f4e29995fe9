// OpenSSH's own server in a folder of its own, with one account that signs in by a key and one folder to put files into.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newKeyPair } from '../sftp/sandbox.ts';

export interface OpenSshServer {
  readonly port: number;
  readonly upload: string;
  /** Settings of the sftp destination, and what it signs in with. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Continuous integration installs it; a laptop may be without. */
export const isOpenSshMissing = SSHD === undefined && process.env.CI === undefined;

/** An option of 9.8 and later, without which a network that breaks off is taken for an attack. */
const PENALTIES = 'PerSourcePenalties no\n';

export async function startOpenSsh(): Promise<OpenSshServer> {
  const sshd = SSHD ?? 'sshd';
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-sshd-'));
  chmodSync(folder, 0o700);
  const upload = join(folder, 'upload');
  mkdirSync(upload);
  const [host, user] = [newKeyPair(), newKeyPair()];
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const port = await freePort();
  const settings =
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${put('host', host.private)}\nAuthorizedKeysFile ${put('keys', user.public)}\n` +
    'PasswordAuthentication no\nStrictModes no\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\nMaxStartups 1000\n';
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = put('sshd_config', settings + PENALTIES);
  if (!isAccepted(sshd, config)) put('sshd_config', settings);
  const server = spawn(sshd, ['-D', '-e', '-f', config], { stdio: 'ignore' });
  await untilListening(port);
  const shown = execFileSync('ssh-keygen', ['-lf', put('host.pub', host.public)], { encoding: 'utf8' });
  return {
    port,
    upload,
    settings: { host: '127.0.0.1', port, host_key: shown.split(' ')[1], folder: upload, id_type: 'customer' },
    credentials: { username: userInfo().username, private_key: user.private },
    close: async () => {
      server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isAccepted(sshd: string, config: string): boolean {
  try {
    execFileSync(sshd, ['-t', '-f', config], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error('sshd did not start');
}
