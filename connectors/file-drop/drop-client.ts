// Puts down one file a batch and, when all are there, the manifest that makes them a delivery.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import type { DropFolder, StoredFile } from './drop-folder.ts';
import { fileOf } from './payload.ts';
import type { FormSettings } from './settings.ts';

export interface Manifest {
  readonly version: 1;
  readonly delivery: string;
  readonly started_at: string;
  readonly id_type: string;
  readonly format: 'csv' | 'ndjson';
  readonly compression: 'none' | 'gzip';
  readonly added: number;
  readonly removed: number;
  readonly files: readonly StoredFile[];
}

export interface DropClientOptions {
  readonly settings: FormSettings;
  readonly context: ClientContext;
  openFolder(): Promise<DropFolder>;
}

export class DropClient implements DestinationClient {
  readonly #options: DropClientOptions;
  #folder: DropFolder | undefined;

  constructor(options: DropClientOptions) {
    this.#options = options;
  }

  /** Written twice after a kill, a file has the same name and bytes. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { settings } = this.#options;
    const plain = Readable.from(fileOf(batch, settings));
    const bytes = settings.gzip ? plain.pipe(createGzip()) : plain;
    await this.#inFolder((folder) => folder.write(this.#fileName(batch.index), bytes));
    return { state: 'taken', rejected: {} };
  }

  /** The manifest comes last: whoever sees it may read every file it names. Its own digest lies beside it, already. */
  async finish(progress: DeliveryProgress): Promise<void> {
    await this.#inFolder(async (folder) => {
      const files: StoredFile[] = [];
      for (let index = 0; index < progress.taken.batches; index++)
        files.push(await folder.describe(this.#fileName(index)));
      const bytes = Buffer.from(`${JSON.stringify(this.#manifest(progress, files), null, 2)}\n`);
      const name = `${this.#deliveryName()}.manifest.json`;
      await folder.write(`${name}.sha256`, [digestLine({ name, sha256: sha256(bytes) })], { alone: true });
      await folder.write(name, [bytes], { alone: true });
    });
  }

  async test(): Promise<void> {
    await this.#inFolder((folder) => folder.check());
  }

  async close(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    await folder?.close();
  }

  #manifest(progress: DeliveryProgress, files: readonly StoredFile[]): Manifest {
    const { settings, context } = this.#options;
    return {
      version: 1,
      delivery: context.delivery.id,
      started_at: new Date(context.delivery.startedAtMs).toISOString(),
      id_type: settings.id_type,
      format: settings.format,
      compression: settings.gzip ? 'gzip' : 'none',
      added: progress.taken.added,
      removed: progress.taken.removed,
      files,
    };
  }

  /** One connection for all steps, and a new one after a fault. */
  async #inFolder<T>(work: (folder: DropFolder) => Promise<T>): Promise<T> {
    this.#folder ??= await this.#options.openFolder();
    try {
      return await work(this.#folder);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  #fileName(index: number): string {
    const { format, gzip } = this.#options.settings;
    return `${this.#deliveryName()}-${String(index + 1).padStart(5, '0')}.${format}${gzip ? '.gz' : ''}`;
  }

  #deliveryName(): string {
    const { id } = this.#options.context.delivery;
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id))
      throw new PermanentError('folder_refused', 'the delivery id is no file name');
    return id;
  }
}

/** As `sha256sum` writes and checks it. */
export const digestLine = ({ name, sha256 }: { name: string; sha256: string }): Buffer =>
  Buffer.from(`${sha256}  ${name}\n`);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
