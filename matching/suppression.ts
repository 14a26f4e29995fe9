// Suppression lists: salted digests re-keyed like any key and kept as match keys alone. The key column is never NULL, and
// who is on a list is only ever found by a join on it, so that an empty list drops nobody and no list keeps everybody.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine/engine.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import { rekeyParams, rekeySql } from './rekey-sql.ts';
import { SUPPRESSION_LIMITS } from './suppression-limits.ts';
import { contributedSuppressionTable, suppressionTable } from './tables.ts';

export interface SuppressionRequest {
  readonly list: string;
  /** 32 bytes. */
  readonly tenantKey: Uint8Array;
  /** Lines of 64 lower-case hex digits, as the partner's command line writes them. Blank lines count for nothing. */
  readonly digests: Iterable<string> | AsyncIterable<string>;
  /** A folder for one file of match keys, removed before this returns. */
  readonly scratchDir: string;
}

export interface SuppressionOutcome {
  readonly received: number;
  readonly accepted: number;
  readonly rejected: { readonly digest_malformed: number; readonly digest_uppercase: number };
}

/** Adds digests to a list, which is made if it is not there. A digest may come twice. */
export async function addSuppressions(engine: Engine, request: SuppressionRequest): Promise<SuppressionOutcome> {
  const scratch = await mkdtemp(join(request.scratchDir, 'suppression-'));
  const path = join(scratch, 'keys.bin');
  try {
    const outcome = await writeMatchKeys(request, path);
    await insertSuppressionKeys(engine, { list: request.list, path });
    return outcome;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Adds a file of match keys, sixteen bytes each, to a list, which is made if it is not there. */
export async function insertSuppressionKeys(
  engine: Engine,
  file: { readonly list: string; readonly path: string },
): Promise<void> {
  const table = suppressionTable(file.list);
  if (!(await engine.listTables()).includes(table.name)) await engine.createTable(table);
  if ((await stat(file.path)).size === 0) return;
  await engine.insertFile({ table: table.name, columns: table.columns }, { path: file.path, format: 'RowBinary' });
}

export interface ContributedSuppression {
  readonly list: string;
  readonly collaboration: string;
  readonly tenantKey: Uint8Array;
  readonly collaborationKey: Uint8Array;
}

/**
 * Carries a list into a collaboration, re-keyed inside the engine. Run again after the list has grown, it adds what is
 * missing and takes nothing away, so that a delivery beside it never meets a list with less in it.
 */
export async function contributeSuppression(engine: Engine, request: ContributedSuppression): Promise<void> {
  const own = suppressionTable(request.list).name;
  const contributed = contributedSuppressionTable(request.list, request.collaboration);
  if (!(await engine.listTables()).includes(contributed.name)) await engine.createTable(contributed);
  // The keys are gathered before they are re-keyed: a cluster hides the parameters of a cipher under numbers of its own on
  // each node, and then does not recognise the column that a shard sends.
  const sql = `INSERT INTO ${contributed.name}
    SELECT c.carried_key AS match_key
    FROM (SELECT ${rekeySql('match_key')} AS carried_key FROM (SELECT DISTINCT match_key FROM ${own})) AS c
    ANTI LEFT JOIN ${contributed.name} AS present ON present.match_key = c.carried_key`;
  await engine.command(sql, rekeyParams({ oldKey: request.tenantKey, newKey: request.collaborationKey }));
}

/** Drops a list, in every collaboration it was carried into as well. */
export async function dropSuppression(engine: Engine, list: string): Promise<void> {
  const own = suppressionTable(list).name;
  const names = await engine.listTables();
  const doomed = names.filter((name) => name === own || name.endsWith(`_suppressed_${list}`));
  await Promise.all(doomed.map((name) => engine.dropTable(name)));
}

/** Writes the match keys of the well-formed digests, sixteen bytes each, and counts the others. */
async function writeMatchKeys(request: SuppressionRequest, path: string): Promise<SuppressionOutcome> {
  const file = createWriteStream(path, { mode: 0o600 });
  const rejected = { digest_malformed: 0, digest_uppercase: 0 };
  let received = 0;
  let waiting: string[] = [];
  const flush = async () => {
    // The first sixteen bytes of a digest are its first 32 digits.
    const keys = encryptBlocks(request.tenantKey, Buffer.from(waiting.join(''), 'hex'));
    if (!file.write(keys)) await once(file, 'drain');
    waiting = [];
  };
  for await (const line of request.digests) {
    const digest = line.trim();
    if (digest === '') continue;
    received++;
    if (/^[0-9a-f]{64}$/.test(digest)) waiting.push(digest.slice(0, 32));
    else if (/^[0-9a-fA-F]{64}$/.test(digest)) rejected.digest_uppercase++;
    else rejected.digest_malformed++;
    if (waiting.length >= SUPPRESSION_LIMITS.blockKeys) await flush();
  }
  await flush();
  file.end();
  await once(file, 'finish');
  return { received, accepted: received - rejected.digest_malformed - rejected.digest_uppercase, rejected };
}
