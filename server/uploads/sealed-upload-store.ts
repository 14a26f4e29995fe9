// The tus data store over encrypted files: rows in the database, bytes in the upload folder, offsets told by the file itself.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { instantAfter, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { actorOf, byCaller, type Caller } from '../http/caller.ts';
import { SYMMETRIC_KEY_BYTES } from '../keys/key-ring.ts';
import { destroyUpload } from './destroy-upload.ts';
import { appendEncrypted, createEncryptedFile, findEnd } from './encrypted-file.ts';
import type { FileEnd } from './record-writer.ts';
import { type UploadRow, uploadFolder, uploadKey, uploadPath } from './upload.ts';
import { getUpload, insertUpload, moveUpload, noteReceived } from './upload-store.ts';

export interface SealedUploadStoreOptions {
  readonly ground: Ground;
  /** The caller of the request under way. */
  readonly caller: () => Caller;
}

export class SealedUploadStore extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  readonly #ground: Ground;
  readonly #caller: () => Caller;
  /** Ends of files that this process wrote; another process finds them by reading the lengths. */
  readonly #ends = new Map<string, FileEnd>();

  constructor({ ground, caller }: SealedUploadStoreOptions) {
    super();
    this.#ground = ground;
    this.#caller = caller;
    mkdirSync(uploadFolder(ground.config.dataDir), { recursive: true, mode: 0o700 });
  }

  override async create(upload: Upload): Promise<Upload> {
    const { db, keys, clock, config } = this.#ground;
    const caller = this.#caller();
    const row = rowOf(upload, caller, { now: instantOf(clock), expiresAt: instantAfter(clock, this.getExpiration()) });
    await createEncryptedFile(uploadPath(config.dataDir, row.id));
    const event = {
      ...byCaller(caller),
      event: 'upload.created',
      outcome: 'succeeded',
      subject: { kind: 'upload', id: row.id },
      detail: { bytes: row.size_bytes },
    } as const;
    await auditedTransaction(db, event, async (tx) => {
      await insertUpload(tx, row);
      await keys.addKey(tx, uploadKey(row), randomBytes(SYMMETRIC_KEY_BYTES));
      // An empty file never sees a PATCH.
      if (row.size_bytes === 0) await moveUpload(tx, row.id, { from: ['receiving'], to: 'complete' });
    });
    return upload;
  }

  override async write(stream: AsyncIterable<Uint8Array>, id: string, offset: number): Promise<number> {
    const { db, keys, clock, config } = this.#ground;
    const row = await this.#row(id);
    if (row.state !== 'receiving' || row.expires_at <= instantOf(clock)) throw ERRORS.FILE_NO_LONGER_EXISTS;
    const end = await this.#end(id);
    if (end.plainBytes !== offset) throw ERRORS.INVALID_OFFSET;
    const { key } = await keys.getKey(uploadKey(row));
    this.#ends.delete(id);
    const reached = await appendEncrypted({ path: uploadPath(config.dataDir, id), uploadId: id, key }, end, stream);
    this.#ends.set(id, reached);
    if (reached.plainBytes < row.size_bytes) await noteReceived(db, id, reached.plainBytes);
    else await this.#complete(row);
    return reached.plainBytes;
  }

  async #complete(row: UploadRow): Promise<void> {
    this.#ends.delete(row.id);
    const event = {
      ...byCaller(this.#caller()),
      event: 'upload.completed',
      outcome: 'succeeded',
      subject: { kind: 'upload', id: row.id },
      detail: { bytes: row.size_bytes, sha256: row.sha256 },
    } as const;
    const move = { from: ['receiving'], to: 'complete', receivedBytes: row.size_bytes } as const;
    await auditedTransaction(this.#ground.db, event, (tx) => moveUpload(tx, row.id, move));
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await this.#row(id);
    if (row.state === 'destroyed') throw ERRORS.FILE_NO_LONGER_EXISTS;
    const offset = row.state === 'receiving' ? (await this.#end(id)).plainBytes : row.size_bytes;
    const metadata = { filename: row.filename, sha256: row.sha256 };
    return new Upload({ id, size: row.size_bytes, offset, metadata, creation_date: row.created_at });
  }

  /** The sender gives up. What a load has taken is not the sender's to take away. */
  override async remove(id: string): Promise<void> {
    const row = await this.#row(id);
    if (row.state === 'consumed') throw ERRORS.INVALID_TERMINATION;
    if (row.state === 'destroyed') throw ERRORS.FILE_NO_LONGER_EXISTS;
    this.#ends.delete(id);
    await destroyUpload(this.#ground, row, { actor: actorOf(this.#caller()), reason: 'terminated' });
  }

  override getExpiration(): number {
    return this.#ground.config.uploadKeptHours * 3_600_000;
  }

  #row(id: string): Promise<UploadRow> {
    return getUpload(this.#ground.db, id, this.#caller().tenantId ?? '');
  }

  async #end(id: string): Promise<FileEnd> {
    return this.#ends.get(id) ?? findEnd(uploadPath(this.#ground.config.dataDir, id));
  }
}

function rowOf(upload: Upload, caller: Caller, times: { now: string; expiresAt: string }): UploadRow {
  const { filename, sha256, dataset_id } = upload.metadata ?? {};
  return {
    id: upload.id,
    tenant_id: caller.tenantId ?? '',
    created_by: caller.memberId,
    state: 'receiving',
    size_bytes: upload.size ?? 0,
    received_bytes: 0,
    sha256: sha256 ?? '',
    filename: filename ?? '',
    dataset_id: dataset_id ?? null,
    created_at: times.now,
    expires_at: times.expiresAt,
    destroyed_at: null,
  };
}
