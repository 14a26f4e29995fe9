// What the page and its workers say to each other. The salt and the file go in; figures and rejects come out, never a value.
import type { DatasetSchema } from '../../../identifiers/dataset-schema.ts';
import type { FileFaultCode } from '../../../identifiers/file-fault.ts';
import type { HashedChunk, HashPlan } from '../../../identifiers/hashing/chunk-hasher.ts';
import type { HashSummary, RejectedCell } from '../../../identifiers/hashing/hash-stream.ts';

export interface HashOrder {
  readonly file: File;
  readonly schema: DatasetSchema;
  readonly salt: string;
  readonly leftOut: readonly string[];
  /** Name of the hashed file in the browser's own storage. */
  readonly keptAs: string;
  /** One for each hashing worker. */
  readonly ports: readonly MessagePort[];
}

export interface HashProgress {
  readonly readBytes: number;
  readonly totalBytes: number;
  readonly rows: number;
  readonly accepted: number;
}

export interface HashedFile {
  readonly summary: HashSummary;
  readonly bytes: number;
  readonly sha256: string;
}

export type HashFaultCode =
  | FileFaultCode
  | 'format_unsupported'
  | 'compression_truncated'
  | 'compression_unsupported'
  | 'file_unreadable'
  | 'storage_full'
  | 'internal';

export interface HashFault {
  readonly code: HashFaultCode;
  readonly message: string;
  readonly hint?: string;
  readonly row?: number;
  readonly field?: string;
}

export type HashNews =
  | { readonly kind: 'progress'; readonly progress: HashProgress; readonly rejects: readonly RejectedCell[] }
  | { readonly kind: 'done'; readonly hashed: HashedFile }
  | { readonly kind: 'failed'; readonly fault: HashFault };

/** To a hashing worker over its port: first the plan, then chunk after chunk. */
export type ChunkOrder = HashPlan | Uint8Array;
export type ChunkAnswer = HashedChunk | { readonly failed: string };
