// An SFTP server on this machine with one account and one folder; it reads what was put there as a platform would. What came
// is shown over HTTP beside it.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { readMembers } from '../file-drop/drop-reader.ts';
import { jsonAnswer, startSandboxServer } from '../kit/sandbox-server.ts';
import { serveSession } from './sandbox-session.ts';

export const SANDBOX_ACCOUNT = { username: 'sandbox', password: 'sandbox' };
export const SANDBOX_FOLDER = '/upload';

export interface SftpSandboxOptions {
  /** Of the SSH server. */
  readonly port?: number;
  readonly knowsPosixRename?: boolean;
}
export interface SftpSandbox {
  readonly port: number;
  /** Of the page that shows what came. */
  readonly url: string;
  readonly hostKey: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /** Connections and requests to store, so far. */
  traffic(): number;
  members(): Promise<string[]>;
  /** `connect` drops the next connection; `silence` leaves the next request to open without an answer; the others end it at the next such request; `open` answers it with a status. */
  inject(
    fault: { at: 'connect' | 'write' | 'rename' | 'silence' } | { at: 'open'; status: number; times?: number },
  ): void;
  close(): Promise<void>;
}

/** About one in a hundred key pairs of the library cannot be read by it again: those are made anew. */
export function newKeyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys;
  }
}

type Break = 'connect' | 'write' | 'rename' | 'silence';

/** What has come to the server, and what it is to break at next. */
class SandboxState {
  readonly files = new Map<string, Buffer>();
  readonly connections = new Set<Connection>();
  traffic = 0;
  readonly #breaks = { connect: 0, write: 0, rename: 0, silence: 0 };
  readonly #openStatuses: number[] = [];

  readonly inject: SftpSandbox['inject'] = (fault) => {
    if (fault.at !== 'open') this.#breaks[fault.at]++;
    else this.#openStatuses.push(...Array.from({ length: fault.times ?? 1 }, () => fault.status));
  };

  breaksAt(operation: Break): boolean {
    this.traffic++;
    return this.#breaks[operation] > 0 && this.#breaks[operation]-- > 0;
  }

  refusalOfOpen(): number | undefined {
    return this.#openStatuses.shift();
  }
}

export async function startSftpSandbox(options: SftpSandboxOptions = {}): Promise<SftpSandbox> {
  const keys = newKeyPair();
  const state = new SandboxState();
  const ssh = new ssh2.Server({ hostKeys: [keys.private] }, (connection) =>
    serveConnection(connection, state, options.knowsPosixRename ?? true),
  );
  const door = createServer({ noDelay: true }, (socket) => {
    if (state.breaksAt('connect')) socket.destroy();
    else ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject);
    door.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { files } = state;
  const page = await startSandboxServer({
    operationOf: () => 'unknown',
    answer: () => jsonAnswer(404, { error: 'GET /sandbox/received shows what was put here' }),
    received: () => [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: digestOf(bytes, 'hex') })),
  });
  return {
    port: (door.address() as AddressInfo).port,
    url: page.url,
    hostKey: `SHA256:${digestOf(publicKeyBytes(keys.public), 'base64').replaceAll('=', '')}`,
    files,
    traffic: () => state.traffic,
    members: () => membersOf(files),
    inject: state.inject,
    close: async () => {
      for (const connection of state.connections) connection.end();
      await Promise.all([page.close(), new Promise((resolve) => door.close(resolve))]);
    },
  };
}

function serveConnection(connection: Connection, state: SandboxState, knowsPosixRename: boolean): void {
  state.connections.add(connection);
  connection.on('error', () => undefined).on('close', () => state.connections.delete(connection));
  connection.on('authentication', (context) => {
    const good = context.method === 'password' && isEqual(context.password, SANDBOX_ACCOUNT.password);
    if (good && isEqual(context.username, SANDBOX_ACCOUNT.username)) context.accept();
    else context.reject(['password']);
  });
  connection.on('session', (accept) => {
    accept().on('sftp', (acceptSftp) =>
      serveSession(acceptSftp(), {
        folder: SANDBOX_FOLDER,
        files: state.files,
        knowsPosixRename,
        breaksAt: (operation) => state.breaksAt(operation),
        refusalOfOpen: () => state.refusalOfOpen(),
        breakOff: () => void connection.end(),
      }),
    );
  });
}

function membersOf(files: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const names = [...files.keys()].map((path) => path.slice(SANDBOX_FOLDER.length + 1));
  return readMembers({ names, read: async (name) => files.get(`${SANDBOX_FOLDER}/${name}`) ?? Buffer.alloc(0) });
}

/** The blob of the one-line form, as fingerprints are made of it (RFC 4253, section 6.6). */
const publicKeyBytes = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
const digestOf = (bytes: Buffer, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(bytes).digest(encoding);

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
