// A reader of the export folder, as a platform that fetches would be: trusts the manifest alone and checks every digest.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { jsonAnswer, type SandboxServer, startSandboxServer } from '../kit/sandbox-server.ts';
import type { Manifest } from './client.ts';

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
    members: (folder) => readMembers(join(exportRoot, folder)),
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

async function readMembers(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const manifests: Manifest[] = [];
  for (const name of names.filter((one) => one.endsWith('.manifest.json'))) {
    const bytes = await readFile(join(folder, name));
    const beside = await readFile(join(folder, `${name}.sha256`), 'utf8');
    if (beside !== `${sha256(bytes)}  ${name}\n`) throw new Error(`${name} does not have the digest beside it`);
    manifests.push(JSON.parse(bytes.toString('utf8')) as Manifest);
  }
  manifests.sort((left, right) => (left.started_at + left.delivery < right.started_at + right.delivery ? -1 : 1));
  const members = new Set<string>();
  for (const manifest of manifests) await applyDelivery(folder, manifest, members);
  return [...members].sort();
}

async function applyDelivery(folder: string, manifest: Manifest, members: Set<string>): Promise<void> {
  let added = 0;
  let removed = 0;
  for (const file of manifest.files) {
    const bytes = await readFile(join(folder, file.name));
    if (bytes.length !== file.bytes || sha256(bytes) !== file.sha256)
      throw new Error(`${file.name} is not as its manifest says`);
    const text = (manifest.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const [id, change] of manifest.format === 'csv' ? readCsv(text) : readNdjson(text)) {
      if (change === 'add') members.add(id);
      else members.delete(id);
      if (change === 'add') added++;
      else removed++;
    }
  }
  if (added !== manifest.added || removed !== manifest.removed) throw new Error('the manifest counts otherwise');
}

/** RFC 4180, strictly: CRLF, a header, two fields. */
export function readCsv(text: string): [string, string][] {
  const [header, ...rows] = text.split('\r\n');
  if (header !== 'id,change' || rows.pop() !== '') throw new Error('the CSV has no header or no last line break');
  return rows.map((row) => {
    const match = /^(?:"((?:[^"]|"")*)"|([^",]*)),(add|remove)$/u.exec(row);
    if (match === null) throw new Error('a CSV row has not two fields');
    return [match[1]?.replaceAll('""', '"') ?? match[2] ?? '', match[3] ?? ''];
  });
}

export function readNdjson(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row = JSON.parse(line) as { id: string; change: string };
      return [row.id, row.change];
    });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
