// An upload: bytes that a tenant sends resumably, rest encrypted under a key of their own, and are destroyed once loaded.
import { join } from 'node:path';
import type { Upload as UploadBody } from '../../openapi/generated/api.ts';
import type { KeySubject } from '../keys/key-store.ts';

export interface UploadRow {
  id: string;
  tenant_id: string;
  created_by: string;
  state: 'receiving' | 'complete' | 'consumed' | 'destroyed';
  size_bytes: number;
  received_bytes: number;
  sha256: string;
  filename: string;
  dataset_id: string | null;
  created_at: string;
  expires_at: string;
  destroyed_at: string | null;
}

export function uploadBody(row: UploadRow): UploadBody {
  return {
    id: row.id,
    filename: row.filename,
    bytes: row.received_bytes,
    size: row.size_bytes,
    status: row.state,
    created_at: row.created_at,
    expires_at: row.expires_at,
  };
}

export function uploadKey(upload: { id: string; tenant_id: string }): KeySubject {
  return { purpose: 'upload', ownerId: upload.tenant_id, objectId: upload.id };
}

export function uploadFolder(dataDir: string): string {
  return join(dataDir, 'uploads');
}

export function uploadPath(dataDir: string, uploadId: string): string {
  return join(uploadFolder(dataDir), `${uploadId}.sealed`);
}

export type UploadFormat = 'csv' | 'ndjson' | 'parquet';
export type UploadCompression = 'none' | 'gzip' | 'zstd';

const FORMAT_BY_ENDING: Readonly<Record<string, UploadFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};
const COMPRESSION_BY_ENDING: Readonly<Record<string, UploadCompression>> = {
  gz: 'gzip',
  gzip: 'gzip',
  zst: 'zstd',
  zstd: 'zstd',
};

/** What `crm.csv.gz` says about itself; undefined where its name says nothing. */
export function formatOfFilename(filename: string): {
  format: UploadFormat | undefined;
  compression: UploadCompression;
} {
  const endings = filename.toLowerCase().split('.').slice(1);
  const compression = COMPRESSION_BY_ENDING[endings.at(-1) ?? ''];
  const ending = endings.at(compression === undefined ? -1 : -2) ?? '';
  return { format: FORMAT_BY_ENDING[ending], compression: compression ?? 'none' };
}
