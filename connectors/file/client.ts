// Writes one file a batch and, when all are there, the manifest that makes them a delivery.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import { type ExportFolder, openExportFolder } from './export-folder.ts';
import { fileOf } from './payload.ts';
import type { FileSettings } from './settings.ts';

export interface Manifest {
  readonly version: 1;
  readonly delivery: string;
  readonly started_at: string;
  readonly id_type: string;
  readonly format: 'csv' | 'ndjson';
  readonly compression: 'none' | 'gzip';
  readonly added: number;
  readonly removed: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export class FileClient implements DestinationClient {
  readonly #settings: FileSettings;
  readonly #context: ClientContext;

  constructor(options: { settings: FileSettings; context: ClientContext }) {
    this.#settings = options.settings;
    this.#context = options.context;
  }

  /** Written twice after a kill, a file has the same name and bytes. */
  async send(batch: Batch): Promise<SendOutcome> {
    const folder = await this.#folder();
    const plain = Readable.from(fileOf(batch, this.#settings));
    await folder.write(this.#fileName(batch.index), this.#settings.gzip ? plain.pipe(createGzip()) : plain);
    return { state: 'taken', rejected: {} };
  }

  /** The manifest comes last: whoever sees it may read every file it names. Its own digest lies beside it, already. */
  async finish(progress: DeliveryProgress): Promise<void> {
    const folder = await this.#folder();
    const files: Manifest['files'][number][] = [];
    for (let index = 0; index < progress.taken.batches; index++)
      files.push(await folder.describe(this.#fileName(index)));
    const manifest: Manifest = {
      version: 1,
      delivery: this.#context.delivery.id,
      started_at: new Date(this.#context.delivery.startedAtMs).toISOString(),
      id_type: this.#settings.id_type,
      format: this.#settings.format,
      compression: this.#settings.gzip ? 'gzip' : 'none',
      added: progress.taken.added,
      removed: progress.taken.removed,
      files,
    };
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const name = `${this.#deliveryName()}.manifest.json`;
    const digest = createHash('sha256').update(bytes).digest('hex');
    await folder.write(`${name}.sha256`, [Buffer.from(`${digest}  ${name}\n`)]);
    await folder.write(name, [bytes]);
  }

  async test(): Promise<void> {
    await this.#folder();
  }

  #folder(): Promise<ExportFolder> {
    return openExportFolder(this.#context.exportRoot, this.#settings.folder);
  }

  #fileName(index: number): string {
    const { format, gzip } = this.#settings;
    return `${this.#deliveryName()}-${String(index + 1).padStart(5, '0')}.${format}${gzip ? '.gz' : ''}`;
  }

  #deliveryName(): string {
    const { id } = this.#context.delivery;
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id))
      throw new PermanentError('folder_refused', 'the delivery id is no file name');
    return id;
  }
}
