// PATCH of tus 1.0: a part of an upload goes from its socket into encrypted records. The library that takes the other requests passes
// a body through a web stream and three more, which cost more than encrypting it.
import type { IncomingMessage } from 'node:http';
import type { Locker } from '@tus/server';
import type { Request, Response } from 'express';
import { ServiceError } from '../errors.ts';
import { letGo } from './let-go.ts';
import { PART_DRAIN_MS } from './limits.ts';
import type { SealedUploadStore } from './sealed-upload-store.ts';
import type { UploadRow } from './upload.ts';

export interface PartGround {
  readonly store: SealedUploadStore;
  /** The one that the library's requests lock by: a part and the question where to go on from do not meet. */
  readonly locker: Locker;
}

/** Answers 204 with the new offset. What arrived before a cut is kept. Throws ServiceError, or what the library would throw. */
export async function receivePart(
  { store, locker }: PartGround,
  request: Request,
  { row, response }: { row: UploadRow; response: Response },
): Promise<void> {
  const offset = offsetOf(request);
  const room = row.size_bytes - offset;
  if (room >= 0 && Number(request.get('Content-Length') ?? 0) > room) throw tooLong();
  const gone = new AbortController();
  request.once('close', () => gone.abort());
  const lock = locker.newLock(row.id);
  await lock.lock(gone.signal, onceAsked(request));
  let reached: number;
  try {
    reached = await store.write(within(request, room), row.id, offset);
  } catch (error) {
    // Nobody is left to be told.
    if (request.destroyed && !request.complete) return;
    throw error;
  } finally {
    await lock.unlock();
  }
  if (reached < row.size_bytes) response.set('Upload-Expires', new Date(row.expires_at).toUTCString());
  response.status(204).set('Upload-Offset', String(reached)).end();
}

function offsetOf(request: Request): number {
  if (request.get('Content-Type') !== 'application/offset+octet-stream')
    throw new ServiceError('request_invalid', { detail: 'Send Content-Type: application/offset+octet-stream.' });
  const text = request.get('Upload-Offset') ?? '';
  if (!/^(0|[1-9]\d{0,15})$/.test(text))
    throw new ServiceError('request_invalid', { detail: 'Send Upload-Offset: the bytes that HEAD says have arrived.' });
  return Number(text);
}

/** Whoever asks where to go on has lost this connection, or soon will. It asks again and again until the lock is free. */
function onceAsked(request: IncomingMessage): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => request.destroy(), PART_DRAIN_MS).unref();
  };
}

/** The bytes as they come. Without a Content-Length only the bytes themselves tell that they are too many. */
async function* within(request: IncomingMessage, room: number): AsyncGenerator<Uint8Array> {
  let left = room;
  // The answer to a part that cannot be taken still goes out over its connection.
  for await (const bytes of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    left -= bytes.length;
    if (left < 0) throw tooLong();
    yield bytes;
    letGo(bytes);
  }
}

function tooLong(): ServiceError {
  return new ServiceError('body_too_large', { detail: 'The part reaches beyond Upload-Length.' });
}
