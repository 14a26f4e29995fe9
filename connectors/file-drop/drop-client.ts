// Puts down one file a batch and, when all are there, the manifest that makes them a delivery.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import type { DropFolder, StoredFile } from './drop-folder.ts';
import { batchStem, deliveryStem, HeldFolder } from './held-folder.ts';
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
  /** The bytes of a batch's file before they are packed. */
  fileOf(batch: Batch): readonly Buffer[];
}

export class DropClient implements DestinationClient {
  readonly #options: DropClientOptions;
  readonly #held: HeldFolder;

  constructor(options: DropClientOptions) {
    this.#options = options;
    this.#held = new HeldFolder(options.openFolder);
  }

  /** Written twice after a kill, a file has the same name and bytes. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { settings, fileOf } = this.#options;
    const plain = Readable.from(fileOf(batch));
    const bytes = settings.gzip ? plain.pipe(createGzip()) : plain;
    await this.#held.within((folder) => folder.write(this.#fileName(batch.index), bytes));
    return { state: 'taken', rejected: {} };
  }

  /** The manifest comes last: whoever sees it may read every file it names. Its own digest lies beside it, already. */
  async finish(progress: DeliveryProgress): Promise<void> {
    await this.#held.within(async (folder) => {
      const files: StoredFile[] = [];
      for (let index = 0; index < progress.taken.batches; index++)
        files.push(await folder.describe(this.#fileName(index)));
      const bytes = Buffer.from(`${JSON.stringify(this.#manifest(progress, files), null, 2)}\n`);
      const name = `${deliveryStem(this.#options.context.delivery.id)}.manifest.json`;
      await folder.write(`${name}.sha256`, [digestLine({ name, sha256: sha256(bytes) })], { alone: true });
      await folder.write(name, [bytes], { alone: true });
    });
  }

  async test(): Promise<void> {
    await this.#held.within((folder) => folder.check());
  }

  close(): Promise<void> {
    return this.#held.close();
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

  #fileName(index: number): string {
    const { format, gzip } = this.#options.settings;
    return `${batchStem(this.#options.context.delivery.id, index)}.${format}${gzip ? '.gz' : ''}`;
  }
}

/** As `sha256sum` writes and checks it. */
export const digestLine = ({ name, sha256 }: { name: string; sha256: string }): Buffer =>
  Buffer.from(`${sha256}  ${name}\n`);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
