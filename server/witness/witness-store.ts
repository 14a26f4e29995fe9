// What a witness remembers: of each log the newest checkpoint that it cosigned, and each rollback it was shown. Plain files, so that
// its operator can read and keep them; every change is on the disk before it is answered.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../../audit/audit-error.ts';
import { type Checkpoint, parseCheckpoint } from '../../audit/checkpoint.ts';
import type { VerifierKey } from '../../audit/note-key.ts';
import { coversLoss, openRollback, type Rollback } from '../../audit/rollback.ts';
import { parseNote } from '../../audit/signed-note.ts';
import { writeDurably } from './durable-file.ts';

interface KnownLog {
  readonly key: VerifierKey;
  /** The note with our cosignature, as it is served. */
  note: string | undefined;
  /** After a rollback the old name cosigns nothing any more. */
  isClosed: boolean;
}

export class WitnessStore {
  readonly #folder: string;
  readonly #logs = new Map<string, KnownLog>();

  private constructor(folder: string, keys: readonly VerifierKey[]) {
    this.#folder = folder;
    for (const key of keys) this.#logs.set(key.name, { key, note: undefined, isClosed: false });
  }

  static async open(folder: string, keys: readonly VerifierKey[]): Promise<WitnessStore> {
    const store = new WitnessStore(folder, keys);
    await store.#readRollbacks();
    for (const [origin, log] of store.#logs) log.note = await readIfThere(store.#pathOf(origin, 'checkpoint'));
    return store;
  }

  keysOf(origin: string): readonly VerifierKey[] {
    const log = this.#logs.get(origin);
    return log === undefined || log.isClosed ? [] : [log.key];
  }

  latestOf(origin: string): Checkpoint | undefined {
    const note = this.#logs.get(origin)?.note;
    return note === undefined ? undefined : parseCheckpoint(parseNote(note).text);
  }

  /** By the hash of the origin in hex, as monitors ask. */
  findNote(originHash: string): string | undefined {
    for (const [origin, { note }] of this.#logs) if (hashOf(origin) === originHash) return note;
    return undefined;
  }

  async saveCheckpoint(origin: string, note: string): Promise<void> {
    const log = this.#logs.get(origin);
    if (log === undefined) throw new Error('a checkpoint of an unknown log is not stored');
    await writeDurably(this.#pathOf(origin, 'checkpoint'), note);
    log.note = note;
  }

  /** Closes the old name and admits the new one. Throws `proof_invalid` for a rollback that hides some of what was cosigned. */
  async saveRollback(receipt: string): Promise<Rollback> {
    const rollback = await openRollback(receipt, (origin) => this.#logs.get(origin)?.key);
    if (this.#logs.has(rollback.origin)) return rollback;
    const latest = this.latestOf(rollback.previousOrigin);
    if (!coversLoss(rollback, latest))
      throw new AuditError(
        'proof_invalid',
        `the rollback does not name the tree of size ${latest?.size} cosigned here`,
      );
    await writeDurably(this.#pathOf(rollback.origin, 'rollback.tlog-proof'), receipt);
    this.#admit(rollback);
    return rollback;
  }

  #admit({ previousOrigin, origin, key }: Rollback): void {
    const old = this.#logs.get(previousOrigin);
    if (old !== undefined) old.isClosed = true;
    this.#logs.set(origin, { key, note: undefined, isClosed: false });
  }

  // A rollback of a rollback is readable only once the first has been read, whatever the order of the folders.
  async #readRollbacks(): Promise<void> {
    const names = await readdir(join(this.#folder, 'logs')).catch(() => []);
    const receipts: string[] = [];
    for (const name of names) {
      const receipt = await readIfThere(join(this.#folder, 'logs', name, 'rollback.tlog-proof'));
      if (receipt !== undefined) receipts.push(receipt);
    }
    for (let left = receipts; left.length > 0; ) {
      const unread: string[] = [];
      for (const receipt of left) {
        const rollback = await openRollback(receipt, (origin) => this.#logs.get(origin)?.key).catch(() => undefined);
        if (rollback === undefined) unread.push(receipt);
        else this.#admit(rollback);
      }
      // What is left belongs to logs that this witness was not started for.
      if (unread.length === left.length) return;
      left = unread;
    }
  }

  #pathOf(origin: string, file: string): string {
    return join(this.#folder, 'logs', hashOf(origin), file);
  }
}

export function hashOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
