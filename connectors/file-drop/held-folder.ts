// One connection to a place for all steps of a delivery, and a new one after a fault.
import { PermanentError } from '../kit/errors.ts';
import type { DropFolder } from './drop-folder.ts';

export class HeldFolder {
  readonly #open: () => Promise<DropFolder>;
  #folder: DropFolder | undefined;

  constructor(open: () => Promise<DropFolder>) {
    this.#open = open;
  }

  async within<T>(work: (folder: DropFolder) => Promise<T>): Promise<T> {
    this.#folder ??= await this.#open();
    try {
      return await work(this.#folder);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    await folder?.close();
  }
}

/** The beginning of the names of a delivery's files; a batch adds its number, counted from one. */
export function deliveryStem(deliveryId: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(deliveryId)) return deliveryId;
  throw new PermanentError('folder_refused', 'the delivery id is no file name');
}

export const batchStem = (deliveryId: string, index: number): string =>
  `${deliveryStem(deliveryId)}-${String(index + 1).padStart(5, '0')}`;
