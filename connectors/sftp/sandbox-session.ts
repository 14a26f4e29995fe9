// One SFTP session of the sandbox: the requests of draft-ietf-secsh-filexfer-02 that a client which puts files needs, and
// OpenSSH's posix-rename, over files in memory below one folder.
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

export interface SandboxFiles {
  /** The one folder there is, without a slash at its end. */
  readonly folder: string;
  readonly files: Map<string, Buffer>;
  /** Called before each write of bytes; true ends the connection instead. */
  breaksAt(operation: 'write' | 'rename' | 'silence'): boolean;
  /** The status to answer the next request for opening with, if any. */
  refusalOfOpen(): number | undefined;
  breakOff(): void;
  readonly knowsPosixRename: boolean;
}

export function serveSession(session: SFTPWrapper, world: SandboxFiles): void {
  const handles = new Map<number, string>();
  let opened = 0;
  const pathOf = (handle: Buffer): string | undefined => handles.get(handle.readUInt32BE(0));
  session.on('REALPATH', (id, path) =>
    session.name(id, [{ filename: path, longname: path, attrs: attributesOf(world, path) ?? NO_ATTRIBUTES }]),
  );
  const stat = (id: number, path: string): void => {
    const attributes = attributesOf(world, fromRoot(path));
    if (attributes === undefined) session.status(id, STATUS_CODE.NO_SUCH_FILE);
    else session.attrs(id, attributes);
  };
  session.on('STAT', stat);
  session.on('LSTAT', stat);
  session.on('FSTAT', (id, handle) => stat(id, pathOf(handle) ?? ''));
  session.on('SETSTAT', (id) => session.status(id, STATUS_CODE.OK));
  session.on('FSETSTAT', (id) => session.status(id, STATUS_CODE.OK));
  session.on('OPEN', (id, given, flags) => {
    if (world.breaksAt('silence')) return;
    const path = fromRoot(given);
    const refusal = world.refusalOfOpen() ?? openFault(world, path, flags);
    if (refusal !== undefined) return session.status(id, refusal);
    if (flags & OPEN_MODE.TRUNC || !world.files.has(path)) world.files.set(path, Buffer.alloc(0));
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(++opened);
    handles.set(opened, path);
    session.handle(id, handle);
  });
  session.on('WRITE', (id, handle, offset, data) => {
    const path = pathOf(handle);
    if (path === undefined) return session.status(id, STATUS_CODE.FAILURE);
    if (world.breaksAt('write')) return world.breakOff();
    world.files.set(path, written(world.files.get(path) ?? Buffer.alloc(0), offset, data));
    session.status(id, STATUS_CODE.OK);
  });
  serveReads(session, world, pathOf);
  session.on('CLOSE', (id, handle) => {
    handles.delete(handle.readUInt32BE(0));
    session.status(id, STATUS_CODE.OK);
  });
  serveRenames(session, world);
}

function serveReads(session: SFTPWrapper, world: SandboxFiles, pathOf: (handle: Buffer) => string | undefined): void {
  session.on('READ', (id, handle, offset, length) => {
    const bytes = world.files.get(pathOf(handle) ?? '') ?? Buffer.alloc(0);
    if (offset >= bytes.length) session.status(id, STATUS_CODE.EOF);
    else session.data(id, bytes.subarray(offset, offset + length));
  });
  session.on('REMOVE', (id, path) =>
    session.status(id, world.files.delete(fromRoot(path)) ? STATUS_CODE.OK : STATUS_CODE.NO_SUCH_FILE),
  );
}

function serveRenames(session: SFTPWrapper, world: SandboxFiles): void {
  const move = (id: number, givenFrom: string, givenTo: string): void => {
    const [from, to] = [fromRoot(givenFrom), fromRoot(givenTo)];
    const bytes = world.files.get(from);
    if (bytes === undefined) {
      session.status(id, STATUS_CODE.NO_SUCH_FILE);
      return;
    }
    const breaks = world.breaksAt('rename');
    world.files.delete(from);
    world.files.set(to, bytes);
    if (breaks) world.breakOff();
    else session.status(id, STATUS_CODE.OK);
  };
  // Version 3 of the protocol does not rename over a file that is there.
  session.on('RENAME', (id, from, to) =>
    world.files.has(fromRoot(to)) ? session.status(id, STATUS_CODE.FAILURE) : move(id, from, to),
  );
  session.on('EXTENDED', (id, name, data) => {
    if (name !== 'posix-rename@openssh.com' || !world.knowsPosixRename)
      return session.status(id, STATUS_CODE.OP_UNSUPPORTED);
    const fromLength = data.readUInt32BE(0);
    const from = data.subarray(4, 4 + fromLength).toString('utf8');
    move(id, from, data.subarray(8 + fromLength).toString('utf8'));
  });
}

/** Twice the room whenever it runs out: a file comes in thousands of writes. */
function written(had: Buffer, offset: number, data: Buffer): Buffer {
  const length = Math.max(had.length, offset + data.length);
  const isRoom = length <= had.buffer.byteLength - had.byteOffset;
  const bytes = isRoom ? Buffer.from(had.buffer, had.byteOffset, length) : Buffer.alloc(length * 2).subarray(0, length);
  if (!isRoom) had.copy(bytes);
  data.copy(bytes, offset);
  return bytes;
}

/** The account arrives at the root. */
const fromRoot = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

function openFault({ folder, files }: SandboxFiles, path: string, flags: number): number | undefined {
  if (path.slice(0, path.lastIndexOf('/')) !== folder) return STATUS_CODE.NO_SUCH_FILE;
  const creates = (flags & OPEN_MODE.CREAT) !== 0;
  return files.has(path) || creates ? undefined : STATUS_CODE.NO_SUCH_FILE;
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf({ folder, files }: SandboxFiles, path: string): Attributes | undefined {
  if (path === folder) return { ...NO_ATTRIBUTES, mode: 0o040750 };
  const bytes = files.get(path);
  return bytes === undefined ? undefined : { ...NO_ATTRIBUTES, mode: 0o100640, size: bytes.length };
}
