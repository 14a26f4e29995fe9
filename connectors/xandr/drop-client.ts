// Speaks through the platform's bucket: a file put below submitted/ is found within minutes and moved to done/ or failed/, its
// job's number behind its name. learn.microsoft.com/xandr, "Batch Segment Service", S3.

import { Readable } from 'node:stream';
import { HeadBucketCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Batch } from '../kit/batches.ts';
import type {
  ClientContext,
  DestinationClient,
  PollOutcome,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import type { PlatformJob } from '../kit/progress.ts';
import { PART_BYTES } from '../s3/limits.ts';
import { type StorePlace, storeClient } from '../s3/store-client.ts';
import { storing } from '../s3/store-fault.ts';
import { bodyOf } from './client.ts';
import type { XandrCredentials, XandrSettings } from './settings.ts';

export function dropPlace({ member_id, drop_region: region = 'us-east-2', drop_url }: XandrSettings): StorePlace {
  const bucket = `bss-${member_id}-${region}`;
  return drop_url === undefined
    ? { region, bucket, addressing: 'virtual-host' }
    : { region, bucket, addressing: 'path', endpoint_url: drop_url };
}

export class XandrDropClient implements DestinationClient {
  readonly #settings: XandrSettings;
  readonly #context: ClientContext;
  readonly #place: StorePlace;
  readonly #client: S3Client;

  constructor(options: { settings: XandrSettings; credentials: XandrCredentials; context: ClientContext }) {
    const { settings, context } = options;
    const { access_key_id = '', secret_access_key = '' } = options.credentials;
    this.#settings = settings;
    this.#context = context;
    this.#place = dropPlace(settings);
    const credentials = { access_key_id, secret_access_key };
    this.#client = storeClient({ settings: this.#place, credentials, egress: context.egress });
  }

  /** The same name and bytes on every attempt: a file that was taken already is not put again. */
  async send(batch: Batch, context: SendContext): Promise<SendOutcome> {
    const { delivery } = this.#context;
    const name = `${delivery.id}-${String(batch.index + 1).padStart(5, '0')}${this.#extension()}`;
    const job: PlatformJob = { id: name, phase: 'submitted', details: {} };
    if (context.job !== undefined && (await this.#findMoved(name)) !== undefined) return { state: 'submitted', job };
    await context.saveJob(job);
    const body = await bodyOf(batch, this.#settings, delivery.startedAtMs);
    const params = {
      Bucket: this.#place.bucket,
      Key: `submitted/${name}`,
      Body: Readable.from(body, { objectMode: false }),
    };
    await storing(() => new Upload({ client: this.#client, params, partSize: PART_BYTES, queueSize: 1 }).done());
    return { state: 'submitted', job };
  }

  /** The bucket tells that a file was taken, and by which job; its counters of rows are shown in the platform alone. */
  async poll(job: PlatformJob): Promise<PollOutcome> {
    const moved = await this.#findMoved(job.id);
    if (moved === 'done') return { state: 'taken', phase: 'completed', rejected: {} };
    if (moved === 'failed') return { state: 'failed', phase: 'error', rejected: {}, reason: 'moved to failed' };
    return { state: 'running', phase: 'submitted' };
  }

  async test(): Promise<void> {
    await storing(() => this.#client.send(new HeadBucketCommand({ Bucket: this.#place.bucket })));
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #findMoved(name: string): Promise<'done' | 'failed' | undefined> {
    for (const folder of ['done', 'failed'] as const) {
      const request = { Bucket: this.#place.bucket, Prefix: `${folder}/${name}`, MaxKeys: 1 };
      const { Contents } = await storing(() => this.#client.send(new ListObjectsV2Command(request)));
      if ((Contents?.length ?? 0) > 0) return folder;
    }
    return undefined;
  }

  #extension(): string {
    const { file_form, gzip } = this.#settings;
    return file_form === 'avro' ? '.avro' : gzip ? '.txt.gz' : '.txt';
  }
}
