// A bucket as a place for files: an object appears whole, in parts beyond 8 MiB, under the store's own encryption.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { digestLine } from '../file-drop/drop-client.ts';
import type { DropFolder, FileBytes, StoredFile } from '../file-drop/drop-folder.ts';
import type { ClientContext } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import { PART_BYTES } from './limits.ts';
import type { S3Credentials, S3Settings } from './settings.ts';
import { storeClient } from './store-client.ts';
import { storing } from './store-fault.ts';

export interface BucketOptions {
  readonly settings: S3Settings;
  readonly credentials: S3Credentials;
  readonly context: ClientContext;
}

export class BucketFolder implements DropFolder {
  readonly #settings: S3Settings;
  readonly #client: S3Client;

  constructor({ settings, credentials, context }: BucketOptions) {
    this.#settings = settings;
    this.#client = storeClient({ settings, credentials, egress: context.egress });
  }

  /** The digest lies beside each file, so that a later attempt need not fetch the file to describe it. */
  async write(name: string, bytes: FileBytes, { alone = false } = {}): Promise<void> {
    const hash = createHash('sha256');
    const hashed = async function* () {
      for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await storing(async () => {
      const params = { ...this.#object(name), ...this.#encryption(), Body: Readable.from(hashed()) };
      await new Upload({ client: this.#client, params, partSize: PART_BYTES, queueSize: 1 }).done();
      const sha256 = hash.digest('hex');
      if (alone) return;
      const beside = { ...this.#object(`${name}.sha256`), ...this.#encryption(), Body: digestLine({ name, sha256 }) };
      await this.#client.send(new PutObjectCommand(beside));
    });
  }

  async describe(name: string): Promise<StoredFile> {
    return storing(async () => {
      const head = await this.#client.send(new HeadObjectCommand(this.#object(name)));
      const beside = await this.#client.send(new GetObjectCommand(this.#object(`${name}.sha256`)));
      const sha256 = (await beside.Body?.transformToString())?.slice(0, 64) ?? '';
      if (!/^[0-9a-f]{64}$/.test(sha256) || head.ContentLength === undefined)
        throw new PermanentError('answer_invalid', 'the store does not have a file as it was put there');
      return { name, bytes: head.ContentLength, sha256 };
    });
  }

  async check(): Promise<void> {
    await storing(() => this.#client.send(new HeadBucketCommand({ Bucket: this.#settings.bucket })));
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #object(name: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.#settings;
    return { Bucket: bucket, Key: prefix === '' ? name : `${prefix}/${name}` };
  }

  #encryption() {
    const { encryption, kms_key_id } = this.#settings;
    if (encryption === 'bucket-default') return {};
    return { ServerSideEncryption: encryption, ...(kms_key_id === undefined ? {} : { SSEKMSKeyId: kms_key_id }) };
  }
}
