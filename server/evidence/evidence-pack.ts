// Makes an evidence pack: events with proofs against one signed (and cosigned) checkpoint, what the officer may read of everything
// they speak of, and a manifest whose hash is logged, so that the log itself vouches for every byte.
import { readFileSync } from 'node:fs';
import { base64Of } from '../../audit/bytes.ts';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import { witnessPolicyText } from '../../audit/witness-policy.ts';
import type { EvidenceRequest } from '../../openapi/generated/api.ts';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { AuditLogError } from '../audit-log/audit-log-error.ts';
import type { StoredEvent } from '../audit-log/audit-log-store.ts';
import type { StoredCheckpoint } from '../audit-log/checkpoint-service.ts';
import { getReceipt, RECEIPT_EVENTS } from '../audit-log/receipt-store.ts';
import { storedConsistencyProof } from '../audit-log/stored-tree.ts';
import { instantOf } from '../clock.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import { type Records, recordsFor, type Shown } from './evidence-records.ts';
import { type EvidenceScope, scopeOf } from './evidence-scope.ts';
import { MANIFEST, manifestText, type PackFiles, sha256Hex, zipOf } from './pack-file.ts';
import { pagesOf } from './pack-pages.ts';
import { eventLines, listPackedEvents } from './packed-events.ts';
import { addRecords } from './packed-records.ts';

export interface PackRequest {
  readonly tenantId: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly request: EvidenceRequest;
}

/** The bytes of the ZIP. Throws `unavailable` while the log cannot be signed and cosigned. */
export async function makeEvidencePack(ground: Ground, handlers: Shown, asked: PackRequest): Promise<Uint8Array> {
  const { tenantId, caller, request } = asked;
  const records = recordsFor(handlers, asked);
  const scope = await scopeOf(ground.db.knex, records, { tenantId, request });
  const log = await getAuditLog(ground);
  const checkpoint = await log.checkpoints.checkpointNow().catch(asUnavailable);
  const events = await listPackedEvents(ground.db.knex, { tenantId, scope, endIndex: checkpoint.size });
  const files = await filesOf(ground, { scope, records, events, checkpoint, tenantId });
  const { origin } = await log.names();
  const manifest = manifestText(
    {
      about: { kind: scope.kind, id: scope.subjectId, since: scope.since ?? null, until: scope.until ?? null },
      tenant: tenantId,
      packedAt: instantOf(ground.clock),
      packedBy: caller.memberId,
      log: { origin, size: checkpoint.size, checkpoint: `checkpoints/${checkpoint.size}.checkpoint` },
      events: events.length,
    },
    files,
  );
  const eventId = await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'evidence.packed',
    outcome: 'succeeded',
    subject: { kind: scope.kind, id: scope.subjectId },
    detail: { manifest: sha256Hex(manifest), files: files.size, events: events.length, size: checkpoint.size },
  });
  files.set(MANIFEST, manifest);
  await addManifestProof(ground, files, { eventId, tenantId, packed: checkpoint });
  return zipOf(files);
}

/** What stands outside the manifest proves itself: the receipt of the manifest's hash, and that the log grew to it. */
async function addManifestProof(
  ground: Ground,
  files: PackFiles,
  { eventId, tenantId, packed }: { eventId: string; tenantId: string; packed: StoredCheckpoint },
): Promise<void> {
  const { checkpoints, cosigner } = await getAuditLog(ground);
  await checkpoints.checkpointNow().catch(asUnavailable);
  const isCosigned = cosigner?.policy.quorum !== undefined;
  const receipt = await getReceipt(ground.db.knex, { eventId, tenantId }, { isCosigned });
  files.set('manifest.tlog-proof', receipt);
  const sizeLine = receipt.slice(receipt.indexOf('\n\n') + 2).split('\n')[1];
  const sizes = { oldSize: packed.size, newSize: Number(sizeLine) };
  files.set('manifest.consistency', linesOf(await storedConsistencyProof(ground.db.knex, sizes)));
}

interface Contents {
  readonly scope: EvidenceScope;
  readonly records: Records;
  readonly events: readonly StoredEvent[];
  readonly checkpoint: StoredCheckpoint;
  readonly tenantId: string;
}

async function filesOf(ground: Ground, contents: Contents): Promise<PackFiles> {
  const { knex } = ground.db;
  const { events, checkpoint } = contents;
  const files: PackFiles = new Map();
  for (const name of ['verify.mjs', 'verify.py', 'FORMAT.md', 'README.txt'])
    files.set(name, readFileSync(new URL(`./verifiers/${name}`, import.meta.url), 'utf8'));
  files.set('events.ndjson', await eventLines(knex, { events, size: checkpoint.size }));
  files.set(`checkpoints/${checkpoint.size}.checkpoint`, checkpoint.note);
  await addKeys(ground, files);
  await addEarlierCheckpoint(ground, files, contents);
  await addReceipts(ground, files, contents);
  const packed = await addRecords(ground, files, contents);
  for (const [path, page] of pagesOf({ ...contents, packed })) files.set(path, page);
  return files;
}

async function addKeys(ground: Ground, files: PackFiles): Promise<void> {
  const { names, cosigner } = await getAuditLog(ground);
  const { verifierKey, verifierKeys } = await names();
  files.set('keys/log.vkey', verifierKeys.map((key) => `${key}\n`).join(''));
  if (cosigner !== undefined) files.set('keys/witnesses.policy', witnessPolicyText(cosigner.policy, verifierKey));
}

/** Nothing that was signed before the first event changed since: the checkpoint of then, and the proof from it to now. */
async function addEarlierCheckpoint({ db }: Ground, files: PackFiles, { events, checkpoint }: Contents): Promise<void> {
  const firstIndex = events[0]?.index ?? 0;
  const earlier = await db
    .knex('audit_checkpoints')
    .where('size', '<=', firstIndex)
    .where('size', '>', 0)
    .orderBy('size', 'desc')
    .first('size', 'note', 'cosignatures');
  if (earlier === undefined) return;
  const oldSize = Number(earlier.size);
  const known = await currentlySigned(files, String(earlier.note));
  if (!known) return;
  files.set(`checkpoints/${oldSize}.checkpoint`, String(earlier.note));
  const proof = await storedConsistencyProof(db.knex, { oldSize, newSize: checkpoint.size });
  files.set(`consistency/${oldSize}-${checkpoint.size}.proof`, linesOf(proof));
}

/** A checkpoint under a signing key that is no longer known could not be verified from the pack. */
async function currentlySigned(files: PackFiles, note: string): Promise<boolean> {
  const verifierKeys = (files.get('keys/log.vkey') ?? '').split('\n').filter((key) => key !== '');
  return openCheckpoint(note, { verifierKeys }).then(
    () => true,
    () => false,
  );
}

/** The receipts that an officer would file anyway: one file each, verifiable alone. */
async function addReceipts(ground: Ground, files: PackFiles, { events, tenantId }: Contents): Promise<void> {
  const { cosigner } = await getAuditLog(ground);
  const isCosigned = cosigner?.policy.quorum !== undefined;
  const wanted = events.filter(({ event }) => (RECEIPT_EVENTS as readonly string[]).includes(event.event));
  for (const { event } of wanted) {
    const receipt = await getReceipt(ground.db.knex, { eventId: event.id, tenantId }, { isCosigned });
    files.set(`receipts/${event.id}.tlog-proof`, receipt);
  }
}

function linesOf(hashes: readonly Uint8Array[]): string {
  return hashes.map((hash) => `${base64Of(hash)}\n`).join('');
}

function asUnavailable(error: unknown): never {
  if (!(error instanceof AuditLogError)) throw error;
  throw new ServiceError('unavailable', { detail: error.message, cause: error });
}
