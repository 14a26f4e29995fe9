// The engine as a job may use it: before each statement the job's lease is looked at, and each statement carries the job's name.
// A worker that froze and woke up after its job was taken over touches no table, and what it left running is ended.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Engine } from '../../matching/engine/engine.ts';
import type { Database } from '../database/database.ts';
import { type JobRow, LeaseLost } from './job.ts';
import type { Lease } from './job-store.ts';
import { FRESH_LOOK_MS } from './limits.ts';

const ENDS = ['succeeded', 'partially_succeeded', 'failed'] as const;

const leases = new AsyncLocalStorage<Lease>();
const looks = new AsyncLocalStorage<() => Promise<void>>();

export function duringAttempt<T>(lease: Lease, work: () => T): T {
  return leases.run(lease, work);
}

/** Begins with the id of the job, so that a later attempt ends all that earlier ones left. */
export function tagOfAttempt(): string | undefined {
  const lease = leases.getStore();
  return lease && `${lease.jobId}.${lease.fencingToken}`;
}

/** Looks again, as before the call that is under way: for engines to which a call is several statements. Throws LeaseLost. */
export async function lookAgain(): Promise<void> {
  await looks.getStore()?.();
}

export function guardedEngine(engine: Engine, db: Database): Engine {
  const guarded = async <T>(work: () => Promise<T>, may: 'anything' | 'tidy' = 'anything'): Promise<T> => {
    const look = () => requireHeld(db, may);
    await look();
    return looks.run(look, work);
  };
  async function* guardedRows<Rows>(rows: () => AsyncIterable<Rows>): AsyncIterable<Rows> {
    await requireHeld(db, 'anything');
    yield* rows();
  }
  const { layered } = engine;
  return {
    kind: engine.kind,
    ...(layered && {
      layered: {
        stack: (table, layers) => guarded(() => layered.stack(table, layers)),
        find: (table) => guarded(() => layered.find(table)),
      },
    }),
    createTable: (table) => guarded(() => engine.createTable(table)),
    dropTable: (name) => guarded(() => engine.dropTable(name), 'tidy'),
    replaceTable: (name, replacement) => guarded(() => engine.replaceTable(name, replacement)),
    listTables: () => guarded(() => engine.listTables(), 'tidy'),
    command: (...statement) => guarded(() => engine.command(...statement)),
    query: (...statement) => guarded(() => engine.query(...statement)),
    stream: (...statement) => guardedRows(() => engine.stream(...statement)),
    streamBinary: (...statement) => guardedRows(() => engine.streamBinary(...statement)),
    insertFile: (target, file) => guarded(() => engine.insertFile(target, file)),
    adoptFile: (table, file) => guarded(() => engine.adoptFile(table, file)),
    findFile: (table) => guarded(() => engine.findFile(table)),
    cancelTagged: (tag) => engine.cancelTagged(tag),
    close: () => engine.close(),
  };
}

/**
 * Throws LeaseLost. An attempt that ended its job may still take its working tables away: nobody takes the job over any more, and
 * they hold ids of persons. A look that itself took long, as it does in a process that froze, says nothing of now. */
async function requireHeld(db: Database, may: 'anything' | 'tidy'): Promise<void> {
  const lease = leases.getStore();
  if (lease === undefined) return;
  for (;;) {
    const startedMs = performance.now();
    const place = { id: lease.jobId, fencing_token: lease.fencingToken };
    const states = may === 'tidy' ? (['running', ...ENDS] as const) : (['running'] as const);
    const row = await db.knex<JobRow>('jobs').where(place).whereIn('state', states).first('id');
    if (row === undefined) throw new LeaseLost(lease.jobId);
    if (performance.now() - startedMs < FRESH_LOOK_MS) return;
  }
}
