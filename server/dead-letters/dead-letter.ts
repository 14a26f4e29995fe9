// A dead letter: rows of one batch of a delivery that the platform did not take. What is shown is counts and codes; ids are sealed under
// a key of the letter's own, and gone with it once they were retried, erased or kept too long.
import { randomBytes } from 'node:crypto';
import type { BatchLetter, LetterKind } from '../../connectors/kit/batch-letter.ts';
import { CLASS_FACTS, rejectionClassOf } from '../../connectors/kit/rejection-class.ts';
import { instantAfter, instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { SYMMETRIC_KEY_BYTES } from '../keys/key-ring.ts';
import type { KeySubject } from '../keys/key-store.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { LETTER_LIFETIME_MS } from './limits.ts';

export interface DeadLetter {
  readonly id: string;
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly activationId: string;
  readonly audienceId: string;
  readonly destinationId: string;
  readonly kind: LetterKind;
  /** From 0, in the order of sending; null of letters from before it was kept. */
  readonly batch: number | null;
  /** The number that its first row has among those of the delivery that are told row by row; null where rows are only counted. */
  readonly firstRow: number | null;
  readonly codes: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly isRetryable: number;
  readonly status: 'waiting' | 'retried' | 'destroyed';
  readonly sealed: string | null;
  readonly retryDeliveryId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export const deadLetters = recordStore('dead_letters', {
  noun: 'dead letter',
  mapping: rowMapping<DeadLetter>(['codes']),
});

export interface LetterDraft extends BatchLetter {
  /** As the engine has them; empty where it knows them still, or they were too many. */
  readonly ids: readonly string[];
}

export async function keepLetter(
  tx: AuditedTransaction,
  ground: Ground,
  of: Pick<DeadLetter, 'tenantId' | 'deliveryId' | 'activationId' | 'audienceId' | 'destinationId'> & {
    readonly draft: LetterDraft;
    readonly firstRow: number | null;
  },
): Promise<void> {
  const { draft, firstRow, ...where } = of;
  const { kind, index: batch, codes, rows, ids } = draft;
  const letter: DeadLetter = {
    ...{
      id: newId('dlt'),
      ...where,
      kind,
      batch,
      firstRow,
      codes: { ...codes },
      rows,
      isRetryable: isRetryable(draft) ? 1 : 0,
    },
    ...{ status: 'waiting', sealed: null, retryDeliveryId: null },
    createdAt: instantOf(ground.clock),
    expiresAt: instantAfter(ground.clock, LETTER_LIFETIME_MS),
  };
  // What cannot be told again needs no ids.
  if (letter.isRetryable === 0 || ids.length === 0) return deadLetters.insert(tx, letter);
  const key = randomBytes(SYMMETRIC_KEY_BYTES);
  await ground.keys.addKey(tx, letterKey(letter), key);
  const sealed = await wrapKey(key, { ...letterKey(letter), version: 1 }, Buffer.from(JSON.stringify(ids)));
  await deadLetters.insert(tx, { ...letter, sealed });
}

function isRetryable({ kind, codes, ids }: LetterDraft): boolean {
  if (kind === 'invalid_rows' || (kind === 'rejected_rows' && ids.length === 0)) return false;
  const passes = (code: string) => CLASS_FACTS[rejectionClassOf(code)].isRetryable;
  // A batch of which the platform only counts rows holds those with it that can be taken.
  return kind === 'rejected_rows' ? Object.keys(codes).some(passes) : Object.keys(codes).every(passes);
}

/** Ids as the engine has them. */
export async function openLetter(ground: Ground, letter: DeadLetter): Promise<string[]> {
  if (letter.sealed === null) return [];
  const { key } = await ground.keys.getKey(letterKey(letter));
  const opened = await unwrapKey(key, { ...letterKey(letter), version: 1 }, letter.sealed);
  return JSON.parse(Buffer.from(opened).toString('utf8')) as string[];
}

/** The key first: what is left of the ids nobody can read. */
export async function destroySealed(tx: AuditedTransaction, ground: Ground, letter: DeadLetter): Promise<DeadLetter> {
  if (letter.sealed !== null) await ground.keys.destroyKey(tx, letterKey(letter));
  return { ...letter, sealed: null, isRetryable: 0 };
}

function letterKey({ id, tenantId }: Pick<DeadLetter, 'id' | 'tenantId'>): KeySubject {
  return { purpose: 'dead-letter', ownerId: tenantId, objectId: id };
}
