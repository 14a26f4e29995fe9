// For platforms that take lists: a file of those who are added and a file of those who are removed, a column of ids in each,
// and nothing beside them that a platform would take for a list.
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import type { DropFolder } from './drop-folder.ts';
import { batchStem, HeldFolder } from './held-folder.ts';
import { openPlace, type PlaceCredentials, type PlaceSettings } from './place.ts';

export interface ListFile {
  readonly name: string;
  readonly bytes: readonly Buffer[];
}

/** Files of a batch, with what they leave out, by code. */
export interface BatchFiles {
  readonly files: readonly ListFile[];
  readonly rejected: Readonly<Record<string, number>>;
}

interface ListClientOptions {
  readonly deliveryId: string;
  openFolder(): Promise<DropFolder>;
  /** `stem` is a name that no other batch has. */
  filesOf(batch: Batch, stem: string): BatchFiles;
}

class ListDropClient implements DestinationClient {
  readonly #options: ListClientOptions;
  readonly #held: HeldFolder;

  constructor(options: ListClientOptions) {
    this.#options = options;
    this.#held = new HeldFolder(options.openFolder);
  }

  /** Written twice after a kill, a file has the same name and bytes. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { deliveryId, filesOf } = this.#options;
    const { files, rejected } = filesOf(batch, batchStem(deliveryId, batch.index));
    for (const { name, bytes } of files)
      await this.#held.within((folder) => folder.write(name, bytes, { alone: true }));
    return { state: 'taken', rejected };
  }

  async test(): Promise<void> {
    await this.#held.within((folder) => folder.check());
  }

  close(): Promise<void> {
    return this.#held.close();
  }
}

/** Lists in whichever place the settings choose. */
export function listDrop<S extends PlaceSettings>(
  options: { settings: S; credentials: PlaceCredentials; context: ClientContext },
  filesOf: (batch: Batch, stem: string, settings: S) => BatchFiles,
): DestinationClient {
  return new ListDropClient({
    deliveryId: options.context.delivery.id,
    openFolder: () => openPlace(options),
    filesOf: (batch, stem) => filesOf(batch, stem, options.settings),
  });
}
