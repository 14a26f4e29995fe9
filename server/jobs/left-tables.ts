// Working tables that nobody takes away any more, because the attempt was killed or the job was given up. They hold ids of persons.
import type { Engine } from '../../matching/engine/engine.ts';
import type { Database } from '../database/database.ts';
import type { Ground } from '../ground.ts';
import { ID_PREFIXES, type Id, isId, isMadeBefore } from '../ids.ts';
import type { JobRow } from './job.ts';
import { LEFT_TABLES_MS } from './limits.ts';

/** What has tables only while a job is at work on it: a delivery, a removal or the search for one, the dry run of an activation. */
const WORKED_ON = [ID_PREFIXES.delivery, ID_PREFIXES.removal, ID_PREFIXES.activation] as const;

/**
 * Drops the working tables that belong to no open job, and returns how many. A name that an attempt made up for itself is
 * younger than the start of its job.
 */
export async function dropLeftTables(engine: Engine, db: Database): Promise<number> {
  // Before the jobs: the owner of a table that stood here has begun, or has ended by then.
  const tables = await engine.listTables();
  const open = await db.knex<JobRow>('jobs').whereIn('state', ['queued', 'running']).select('subject_id', 'started_at');
  const subjects = new Set(open.map((job) => job.subject_id));
  const begunMs = open.flatMap(({ started_at }) => (started_at === null ? [] : [Date.parse(started_at)]));
  const left = tables.filter((table) => {
    const owner = ownerOf(table);
    if (owner === undefined || subjects.has(owner)) return false;
    return begunMs.every((startedMs) => isMadeBefore(owner, startedMs));
  });
  for (const table of left) await engine.dropTable(table);
  return left.length;
}

function ownerOf(table: string): Id | undefined {
  const id = table.split('_', 2).join('_');
  return WORKED_ON.some((prefix) => isId(id, prefix)) ? (id as Id) : undefined;
}

/** In the process of the worker, which has the engine: at its start and every hour. */
export class WorkingTablesTidier {
  readonly #ground: Ground;
  readonly #engine: Engine;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(ground: Ground, engine: Engine) {
    this.#ground = ground;
    this.#engine = engine;
  }

  start(): void {
    this.#next();
    this.#timer = setInterval(() => this.#next(), LEFT_TABLES_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #next(): void {
    this.#running = this.#running.then(() => this.#tidy());
  }

  async #tidy(): Promise<void> {
    const { db, log } = this.#ground;
    try {
      const tables = await dropLeftTables(this.#engine, db);
      if (tables > 0) log.info({ tables }, 'dropped working tables that an attempt left behind');
    } catch (error) {
      log.error({ err: (error as Error).name }, 'could not look for working tables left behind');
    }
  }
}
