// The ids that a destination is to take out, sealed until it has: they outlive the erasure of the persons themselves, and
// are gone with their key once the destination confirmed.
import { randomBytes } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { insertCandidates, listCandidates } from '../../matching/removal-candidates.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground, WorkerGround } from '../ground.ts';
import { SYMMETRIC_KEY_BYTES } from '../keys/key-ring.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { OUTBOX_PART_IDS } from './limits.ts';
import { outboxKey, type Removal } from './removal.ts';

interface OutboxRow {
  removal_id: string;
  part: number;
  sealed: string;
}

type Owner = Pick<Removal, 'id' | 'tenantId'>;

/** From the engine's `<search>_sought`, under a key of its own. */
export async function sealOutbox(
  tx: AuditedTransaction,
  ground: WorkerGround,
  owner: Owner,
  search: string,
): Promise<void> {
  const key = randomBytes(SYMMETRIC_KEY_BYTES);
  await ground.keys.addKey(tx, outboxKey(owner), key);
  let part = 0;
  for await (const ids of listCandidates(ground.engine, { removal: search, pageIds: OUTBOX_PART_IDS })) {
    const sealed = await wrapKey(key, partName(owner, part), Buffer.from(JSON.stringify(ids)));
    await tx.trx<OutboxRow>('removal_outbox').insert({ removal_id: owner.id, part, sealed });
    part++;
  }
}

/** Back into `<removal>_sought`, or that of another name, which is made anew. */
export async function loadCandidates(ground: WorkerGround, owner: Owner, as: string = owner.id): Promise<void> {
  const path = join(ground.scratchDir, `${as}.ids`);
  try {
    await rm(path, { force: true });
    await writeOpened(ground, owner, path);
    await insertCandidates(ground.engine, { removal: as, path });
  } finally {
    await rm(path, { force: true });
  }
}

async function writeOpened(ground: Ground, owner: Owner, path: string): Promise<void> {
  const { key } = await ground.keys.getKey(outboxKey(owner));
  const { knex } = ground.db;
  await appendFile(path, '', { mode: 0o600 });
  for (let part = 0; ; part++) {
    const row = await knex<OutboxRow>('removal_outbox').where({ removal_id: owner.id, part }).first();
    if (row === undefined) break;
    const opened = await unwrapKey(key, partName(owner, part), row.sealed);
    const ids = JSON.parse(Buffer.from(opened).toString('utf8')) as string[];
    await appendFile(path, Buffer.concat(ids.map(rowBinaryString)));
  }
}

export async function destroyOutbox(tx: AuditedTransaction, ground: Ground, owner: Owner): Promise<void> {
  await ground.keys.destroyKey(tx, outboxKey(owner));
  await tx.trx<OutboxRow>('removal_outbox').where({ removal_id: owner.id }).delete();
}

function partName({ id, tenantId }: Owner, part: number) {
  return { purpose: 'removal-outbox' as const, ownerId: tenantId, objectId: id, version: part + 1 };
}

/** RowBinary: the length as LEB128, then the bytes. */
function rowBinaryString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
