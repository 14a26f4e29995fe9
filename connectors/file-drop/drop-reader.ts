// Reads what was put down as a platform that fetches would: trusts the manifests alone and checks every digest.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { readCsvPairs } from './csv.ts';
import type { Manifest } from './drop-client.ts';

export interface PutDown {
  readonly names: readonly string[];
  read(name: string): Promise<Buffer>;
}

/** Whom the complete deliveries leave in the audience, sorted. Throws on any file that is not as its manifest says. */
export async function readMembers({ names, read }: PutDown): Promise<string[]> {
  const manifests: Manifest[] = [];
  for (const name of names.filter((one) => one.endsWith('.manifest.json'))) {
    const bytes = await read(name);
    const beside = (await read(`${name}.sha256`)).toString('utf8');
    if (beside !== `${sha256(bytes)}  ${name}\n`) throw new Error(`${name} does not have the digest beside it`);
    manifests.push(JSON.parse(bytes.toString('utf8')) as Manifest);
  }
  manifests.sort((left, right) => (left.started_at + left.delivery < right.started_at + right.delivery ? -1 : 1));
  const members = new Set<string>();
  for (const manifest of manifests) await applyDelivery(read, manifest, members);
  return [...members].sort();
}

async function applyDelivery(read: PutDown['read'], manifest: Manifest, members: Set<string>): Promise<void> {
  let added = 0;
  let removed = 0;
  for (const file of manifest.files) {
    const bytes = await read(file.name);
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

export const readCsv = (text: string) => readCsvPairs(text, { header: /^id,change$/, second: /^(add|remove)$/ }).rows;

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
