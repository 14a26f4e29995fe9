// Test fixture: uploads made of text, ids and keys that read well, and a folder that goes away.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { type ContributionRequest, type ContributionSummary, contributeDataset } from './contribute.ts';
import type { Engine } from './engine/engine.ts';
import { type LoadOutcome, type LoadRequest, loadDataset, type Reject, type UploadSource } from './load.ts';

export const TENANT_KEY = keyOf('tenant');

export function keyOf(name: string): Uint8Array {
  return createHash('sha256').update(`key ${name}`).digest();
}

export function digestOf(value: string): string {
  return createHash('sha256').update(`salt:${value}`).digest('hex');
}

/** An id of the control plane, told apart by its last letter or two. */
export function idOf(prefix: string, name: string): string {
  return `${prefix}_${'0'.repeat(26 - name.length)}${name}`;
}

export function uploadOf(content: string | Buffer, options: Partial<Omit<UploadSource, 'open'>> = {}): UploadSource {
  const plain = Buffer.from(content);
  const compression = options.compression ?? 'none';
  const stored = compression === 'gzip' ? gzipSync(plain) : compression === 'zstd' ? zstdCompressSync(plain) : plain;
  return storedUpload(stored, { ...options, compression });
}

/** The bytes as they lie in the store, cut into small chunks so that rows are cut too. */
export function storedUpload(
  stored: Buffer,
  options: Partial<Omit<UploadSource, 'open'>> & { chunkBytes?: number } = {},
): UploadSource {
  const { chunkBytes = 65_536 } = options;
  const chunks = Array.from({ length: Math.ceil(stored.length / chunkBytes) }, (_, n) =>
    stored.subarray(n * chunkBytes, (n + 1) * chunkBytes),
  );
  return {
    open: () => Readable.from(chunks),
    format: options.format ?? 'csv',
    compression: options.compression ?? 'none',
    sha256: options.sha256 ?? createHash('sha256').update(stored).digest('hex'),
  };
}

export const PEOPLE_SCHEMA: DatasetSchema = {
  name: 'people',
  columns: {
    id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    member: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    last_visit: { role: 'attribute', kind: 'date' },
    xandr_id: { role: 'activation-id', type: 'xandr-user-id' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};

export interface LoadedFile {
  readonly outcome: LoadOutcome;
  readonly rejects: Reject[];
}

export async function withScratch<T>(work: (scratchDir: string) => Promise<T>): Promise<T> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'ecluse-scratch-'));
  try {
    return await work(scratchDir);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

export async function loadFile(
  engine: Engine,
  source: UploadSource,
  options: Partial<LoadRequest> & { version: string },
): Promise<LoadedFile> {
  return withScratch(async (scratchDir) => {
    const request = { source, schema: PEOPLE_SCHEMA, mode: 'replace', tenantKey: TENANT_KEY, scratchDir } as const;
    const outcome = await loadDataset(engine, { ...request, ...options });
    const rejects: Reject[] = [];
    for await (const page of outcome.rejects) rejects.push(...page);
    return { outcome, rejects };
  });
}

export async function contributeLoaded(
  engine: Engine,
  request: Omit<ContributionRequest, 'scratchDir'>,
): Promise<ContributionSummary> {
  return withScratch((scratchDir) => contributeDataset(engine, { ...request, scratchDir }));
}
