// What a backup consists of: every file with its rows and its SHA-256, written last, so that a folder with a manifest is whole.
// Wrapped keys lie in another folder, under a manifest of their own: neither folder alone says anything of a person.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CopiedFile {
  /** Within the folder of the manifest. */
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
}

export interface CopiedTable extends CopiedFile {
  readonly name: string;
}

export interface CopiedEngineTable extends CopiedTable {
  readonly columns: Readonly<Record<string, string>>;
  readonly orderBy: readonly string[];
}

export interface DataManifest {
  readonly version: 1;
  readonly kind: 'data';
  /** The same in both manifests of one backup. */
  readonly backup: string;
  readonly createdAt: string;
  readonly migrations: readonly string[];
  readonly tables: readonly CopiedTable[];
  readonly engine: readonly CopiedEngineTable[];
  /** Uploads that nobody has loaded yet, sealed, and the lists of rejected rows. */
  readonly files: readonly CopiedFile[];
}

export interface KeysManifest {
  readonly version: 1;
  readonly kind: 'keys';
  readonly backup: string;
  readonly createdAt: string;
  readonly tables: readonly CopiedTable[];
}

const NAME = 'manifest.json';

export async function writeManifest(folder: string, manifest: DataManifest | KeysManifest): Promise<void> {
  const file = await open(join(folder, NAME), 'w', 0o600);
  await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
  await file.sync();
  await file.close();
}

/** Throws unless both folders belong to one whole backup and no byte of it has changed. */
export async function readManifests(folders: {
  readonly data: string;
  readonly keys: string;
}): Promise<{ data: DataManifest; keys: KeysManifest }> {
  const data = await readManifest<DataManifest>(folders.data, 'data');
  const keys = await readManifest<KeysManifest>(folders.keys, 'keys');
  if (data.backup !== keys.backup) throw new Error('the data and the keys are of two backups: name folders of one');
  await checkFiles(folders.data, [...data.tables, ...data.engine, ...data.files]);
  await checkFiles(folders.keys, keys.tables);
  return { data, keys };
}

async function readManifest<M extends DataManifest | KeysManifest>(folder: string, kind: M['kind']): Promise<M> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => {
    throw new Error(`${folder} holds no whole backup: its ${NAME} is missing`);
  });
  const manifest = JSON.parse(text) as M;
  if (manifest.version !== 1 || manifest.kind !== kind)
    throw new Error(`${folder} is no backup of ${kind} that this release reads`);
  return manifest;
}

async function checkFiles(folder: string, files: readonly CopiedFile[]): Promise<void> {
  for (const { path, sha256 } of files) {
    const found = await sha256Of(join(folder, path)).catch(() => undefined);
    if (found !== sha256) throw new Error(`${join(folder, path)} is missing or not what was backed up`);
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
