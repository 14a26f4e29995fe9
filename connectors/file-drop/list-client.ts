// For platforms that take lists: a file of those who are added and a file of those who are removed, a column of ids in each,
// and nothing beside them that a platform would take for a list.
import type { Batch } from '../kit/batches.ts';
import type { DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import type { DropFolder } from './drop-folder.ts';

export interface ListFile {
  readonly name: string;
  readonly bytes: readonly Buffer[];
}

export interface ListClientOptions {
  readonly deliveryId: string;
  openFolder(): Promise<DropFolder>;
  /** Files of a batch, with what they leave out, by code. `stem` is a name that no other batch has. */
  filesOf(batch: Batch, stem: string): { files: readonly ListFile[]; rejected: Readonly<Record<string, number>> };
}

export class ListDropClient implements DestinationClient {
  readonly #options: ListClientOptions;
  #folder: DropFolder | undefined;

  constructor(options: ListClientOptions) {
    this.#options = options;
  }

  /** Written twice after a kill, a file has the same name and bytes. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { deliveryId, filesOf } = this.#options;
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(deliveryId))
      throw new PermanentError('folder_refused', 'the delivery id is no file name');
    const { files, rejected } = filesOf(batch, `${deliveryId}-${String(batch.index + 1).padStart(5, '0')}`);
    for (const { name, bytes } of files) await this.#inFolder((folder) => folder.write(name, bytes, { alone: true }));
    return { state: 'taken', rejected };
  }

  async test(): Promise<void> {
    await this.#inFolder((folder) => folder.check());
  }

  async close(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    await folder?.close();
  }

  async #inFolder<T>(work: (folder: DropFolder) => Promise<T>): Promise<T> {
    this.#folder ??= await this.#options.openFolder();
    try {
      return await work(this.#folder);
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
