// Measures the audit log at size: a whole log verified offline from its exported file, and one proof made from the stored
// log and verified. The log is a real one: events of a service's life, in its own database, signed by its own checkpoint service.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditEvent, isAuditEventName } from '../audit/event.ts';
import { verifierKeyOf, verifierKeyText } from '../audit/note-key.ts';
import { verifyLog, verifyReceipt } from '../audit/verify.ts';
import { entriesOf } from '../partner/audit/exported-log.ts';
import { appendEvents } from '../server/audit-log/audit-log-store.ts';
import { createCheckpointService } from '../server/audit-log/checkpoint-service.ts';
import { linesOf } from '../server/audit-log/event-body.ts';
import { eachEvent } from '../server/audit-log/event-search.ts';
import { getReceipt } from '../server/audit-log/receipt-store.ts';
import { systemClock } from '../server/clock.ts';
import { closeDatabase, type Database, openDatabase } from '../server/database/database.ts';
import { migrateUp } from '../server/database/migrate.ts';
import { writeTransaction } from '../server/database/write-transaction.ts';

export interface AuditBenchResult {
  readonly events: number;
  /** Wall time from the exported file and its checkpoint to the verdict. */
  readonly verifySeconds: number;
  /** Median of making a receipt out of the stored log and verifying it. */
  readonly proofMs: number;
}

const SIGNER = { name: 'ecluse.example/bench', secretKey: new Uint8Array(32).fill(9) };
const BATCH = 2_000;
const PROOFS = 200;

export async function benchAudit({ events }: { events: number }): Promise<AuditBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-audit-'));
  const db = openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
  try {
    await migrateUp(db);
    await fill(db, events);
    const checkpoints = createCheckpointService({ db, signer: SIGNER, clock: systemClock, onError: fail });
    const { note } = await checkpoints.checkpointNow();
    const file = join(folder, 'log.ndjson');
    tell('writing the export');
    const stored = eachEvent(db.knex, { tenantId: undefined, endIndex: events });
    await pipeline(Readable.from(linesOf(stored)), createWriteStream(file));
    const verifierKeys = [verifierKeyText(await verifierKeyOf(SIGNER))];
    tell('verifying the whole log');
    const started = performance.now();
    const verified = await verifyLog({ entries: entriesOf(file), checkpoint: note, verifierKeys });
    const verifySeconds = (performance.now() - started) / 1000;
    if (!verified.ok || verified.checkpoint?.size !== events) throw new Error('the log did not verify');
    tell('making and verifying proofs');
    const proofMs = await medianProofMs(db, { events, verifierKeys });
    return { events, verifySeconds: rounded(verifySeconds), proofMs: rounded(proofMs) };
  } finally {
    await closeDatabase(db);
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(db: Database, events: number): Promise<void> {
  for (let from = 0; from < events; from += BATCH) {
    if (from % (BATCH * 25) === 0) tell(`writing events: ${from} of ${events}`);
    const batch = Array.from({ length: Math.min(BATCH, events - from) }, (_, i) => eventNumber(from + i));
    await writeTransaction(db, (trx) => appendEvents(trx, batch));
  }
}

async function medianProofMs(db: Database, of: { events: number; verifierKeys: string[] }): Promise<number> {
  const { events, verifierKeys } = of;
  const times: number[] = [];
  for (let n = 0; n < PROOFS; n += 1) {
    const index = (n * 7_919_317) % events;
    const started = performance.now();
    const receipt = await getReceipt(db.knex, { eventId: eventNumber(index).id });
    const verified = await verifyReceipt({ receipt, verifierKeys });
    times.push(performance.now() - started);
    if (!verified.ok || verified.index !== index) throw new Error(`the proof of event ${index} did not verify`);
  }
  return times.toSorted((left, right) => left - right)[PROOFS / 2] ?? Number.NaN;
}

const NAMES = ['delivery.completed', 'activation.approved', 'analysis.released', 'dataset.created'].filter(
  isAuditEventName,
);

/** As long as the events of a real service: a decision, some counts, ids of the usual length. */
function eventNumber(i: number): AuditEvent {
  const id = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;
  return {
    id: id('evt', i),
    instant: new Date(Date.UTC(2026, 0, 1) + i * 30_000).toISOString(),
    tenantId: id('ten', i % 40),
    actor: { kind: 'member', id: id('mem', i % 400) },
    event: NAMES[i % NAMES.length]!,
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: id('dlv', i % 9_000) },
    decision: { policies: ['release', 'audience-release'], reasons: [], policySetHash: 'a'.repeat(64) },
    detail: { activation: id('act', i % 9_000), added: i % 70_000, removed: i % 300 },
  };
}

function tell(what: string): void {
  process.stderr.write(`${what}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function fail(error: unknown): never {
  throw error;
}
