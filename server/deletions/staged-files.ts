// Uploads that wait to be loaded: whichever holds somebody who is to be erased is destroyed as a whole, for its SHA-256 leaves
// no way to take a row out. One that cannot be searched is destroyed too.
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { cutAtFrames } from '../../identifiers/zstd-frames.ts';
import type { Ground } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { removeUploadFile, shredUpload, uploadDestroyed } from '../uploads/destroy-upload.ts';
import { findEnd, readEncrypted } from '../uploads/encrypted-file.ts';
import { type UploadRow, uploadKey, uploadPath } from '../uploads/upload.ts';
import { holdsSought, type SoughtCells } from './staged-cells.ts';

/** Answers how many uploads were destroyed. */
export async function destroyStagedFiles(ground: Ground, job: RunningJob, sought: SoughtCells): Promise<number> {
  let destroyed = 0;
  for await (const upload of findStagedFiles(ground, job.tenantId, sought)) {
    await job.during(uploadDestroyed(upload, { actor: job.actor, reason: 'erased' }), (tx) =>
      shredUpload(ground, tx, upload),
    );
    await removeUploadFile(ground.config.dataDir, upload.id);
    destroyed++;
  }
  return destroyed;
}

/** Those that hold a sought cell, or cannot be searched. */
export async function* findStagedFiles(
  ground: Ground,
  tenantId: string,
  sought: SoughtCells,
): AsyncGenerator<UploadRow> {
  const { digestHalves, recordIds, recordHashes } = sought;
  if ([digestHalves, recordIds, recordHashes].every(({ size }) => size === 0)) return;
  const staged = await ground.db
    .knex<UploadRow>('uploads')
    .where({ tenant_id: tenantId })
    .whereIn('state', ['receiving', 'complete', 'consumed']);
  for (const upload of staged) if (await isHolding(ground, upload, sought)) yield upload;
}

async function isHolding(ground: Ground, upload: UploadRow, sought: SoughtCells): Promise<boolean> {
  const { key } = await ground.keys.getKey(uploadKey(upload));
  const path = uploadPath(ground.config.dataDir, upload.id);
  const { plainBytes } = await findEnd(path);
  const open = () => readEncrypted({ path, uploadId: upload.id, key }, plainBytes);
  const isWhole = upload.state !== 'receiving';
  try {
    return await holdsSought(await expanded(open), { sought, datasetId: upload.dataset_id });
  } catch {
    // A file still on its way may end in the middle; a whole one that cannot be read to its end is not known to be clean.
    return isWhole;
  }
}

const GZIP = Buffer.from('1f8b', 'hex');
const ZSTD = Buffer.from('28b52ffd', 'hex');
const PARQUET = Buffer.from('PAR1');

/** By what the file begins with, whatever its name says. Throws for a format whose cells do not stand in it as text. */
async function expanded(open: () => Readable): Promise<AsyncIterable<Buffer>> {
  const start = await firstBytes(open());
  if (start.subarray(0, 4).equals(PARQUET)) throw new Error('not searchable');
  if (start.subarray(0, 2).equals(GZIP)) return open().compose(createGunzip()) as AsyncIterable<Buffer>;
  if (start.subarray(0, 4).equals(ZSTD)) {
    return Readable.from(cutAtFrames(open())).compose(createZstdDecompress()) as AsyncIterable<Buffer>;
  }
  return open() as AsyncIterable<Buffer>;
}

async function firstBytes(stream: Readable): Promise<Buffer> {
  for await (const chunk of stream) return Buffer.from(chunk as Uint8Array).subarray(0, 4);
  return Buffer.alloc(0);
}
