// A reader of the export folder, as a platform that fetches would be: trusts the manifest alone and checks every digest.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMembers } from '../file-drop/drop-reader.ts';
import { jsonAnswer, type SandboxServer, startSandboxServer } from '../kit/sandbox-server.ts';

export interface FileSandboxOptions {
  readonly port?: number;
  /** An export folder to read; a new temporary one unless told. */
  readonly exportRoot?: string;
}
export interface FileSandbox extends SandboxServer {
  readonly exportRoot: string;
  /** Whom the complete deliveries leave in the audience, sorted. Throws on any file that is not as its manifest says. */
  members(folder: string): Promise<string[]>;
}

export async function startFileSandbox(options: FileSandboxOptions = {}): Promise<FileSandbox> {
  const exportRoot = options.exportRoot ?? (await mkdtemp(join(tmpdir(), 'ecluse-file-sandbox-')));
  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf: () => 'unknown',
    answer: () => jsonAnswer(404, { error: 'GET /sandbox/received shows what was written' }),
    received: () => listReceived(exportRoot),
  });
  return {
    ...server,
    exportRoot,
    members: (folder) => membersBelow(join(exportRoot, folder)),
    close: async () => {
      await server.close();
      if (options.exportRoot === undefined) await rm(exportRoot, { recursive: true, force: true });
    },
  };
}

async function listReceived(exportRoot: string): Promise<unknown> {
  const names = await readdir(exportRoot, { recursive: true });
  return { export_root: exportRoot, files: names.filter((name) => name.includes('.')).sort() };
}

async function membersBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return readMembers({ names, read: (name) => readFile(join(folder, name)) });
}
