// A hundred times the service is killed with -9 around the disclosure of an answer: noise is never drawn twice for one debit, and
// nobody ever has an answer that no debit paid for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRoster, type Roster, type Seat } from '../../bench/attacks/roster.ts';
import { actorOf, answer } from '../../bench/demo/api.ts';
import { seededChance } from '../../bench/synthetic-people/random.ts';
import type { Run } from '../../openapi/generated/api.ts';
import { closeDatabase, openDatabase } from '../../server/database/database.ts';
import { type Service, setUp, startService, waitFor } from './service.ts';

const KILLS = 100;
/** From before the job is claimed until well after its answer is shown. */
const LONGEST_LIFE_MS = 1_400;
/** Two tenants have at most a hundred releases a day. */
const RUNS_A_WORLD = 50;
const ENDED = ['succeeded', 'refused', 'failed'];

const chance = seededChance(20_261_122);
let service: Service;
let port: number;
const worlds: { roster: Roster; seat: Seat }[] = [];

beforeAll(async () => {
  port = await freePort();
  service = await start();
  const operator = actorOf(service, { name: 'operator', secret: await setUp(service) });
  for (let world = 0; world < KILLS / RUNS_A_WORLD; world += 1) {
    const arena = { name: `kills ${world}`, service, operator, chance, trials: 20, progress: () => undefined };
    const roster = await openRoster(arena, { rooms: 1 });
    worlds.push({ roster, seat: roster.places[0]! });
  }
}, 600_000);

afterAll(async () => {
  await service?.stop();
  service?.remove();
});

function start(): Promise<Service> {
  const flags = ['--port', String(port)];
  return startService(service === undefined ? { flags } : { flags, dataDir: service.dataDir });
}

test('a hundred kills around disclosure: no second draw, no answer without a debit', async () => {
  const asked: Asked[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { roster, seat } = worlds[Math.floor(kill / RUNS_A_WORLD)]!;
    const run = await ask(roster, seat, kill);
    await pause(chance.between(0, LONGEST_LIFE_MS));
    const seen = await look(roster, run);
    await killAll();
    service = await start();
    const ended = await waitFor(async () => {
      const now = await look(roster, run);
      return ENDED.includes(now.status) ? now : undefined;
    }, patience());
    // What was shown before the crash is what is shown after it.
    if (seen.result !== null) expect(ended.result).toEqual(seen.result);
    asked.push({ run: ended, roster, seat, kill });
  }
  const answered = asked.filter(({ run }) => run.result !== null);
  const lost = asked.filter(({ run }) => run.status === 'failed');
  expect(answered.length + lost.length).toBe(KILLS);
  // Kills hit on either side of the draw, or the test would show nothing.
  expect(answered.length).toBeGreaterThan(0);
  expect(lost.length).toBeGreaterThan(0);
  await expectStoredAnswers(answered);
  await service.stop();
  await expectWholeLedger(asked);
}, 3_600_000);

interface Asked {
  readonly run: Run;
  readonly roster: Roster;
  readonly seat: Seat;
  readonly kill: number;
}

/** Each question is another one, so that each has a draw of its own. */
function ask({ pair }: Roster, { collaborationId, matchId }: Seat, kill: number): Promise<Run> {
  const params = { path: { collaboration_id: collaborationId } };
  const body = { analysis: 'segment-size' as const, match_id: matchId, segment_text: `mine.number > ${-1 - kill}` };
  return answer(
    'asking',
    pair.attacker.analyst.api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }),
  );
}

function look({ pair }: Roster, { id }: Run): Promise<Run> {
  return answer('looking', pair.attacker.analyst.api.GET('/v1/runs/{run_id}', { params: { path: { run_id: id } } }));
}

/** The same question again is answered from the store: the same figures, at no cost. */
async function expectStoredAnswers(answered: readonly Asked[]): Promise<void> {
  for (const { run, roster, seat, kill } of answered.slice(0, 5)) {
    const again = await ask(roster, seat, kill);
    const ended = await waitFor(async () => {
      const now = await look(roster, again);
      return ENDED.includes(now.status) ? now : undefined;
    }, patience());
    expect(ended.result).toEqual(run.result);
    expect(ended.cost).toMatchObject({ is_free: true, pico_rho: 0 });
  }
}

async function expectWholeLedger(asked: readonly Asked[]): Promise<void> {
  const db = openDatabase({ dialect: 'sqlite', file: join(service.dataDir, 'ecluse.db') });
  try {
    for (const { run } of asked) {
      const debits = (await db.knex('privacy_debits').where({ subject_id: run.id })) as { id: string; state: string }[];
      const draws = await countEvents(db.knex, { event: 'budget.drawn', subject: run.id });
      const answers = await db.knex('privacy_answers').whereIn(
        'debit_id',
        debits.map(({ id }) => id),
      );
      expect(debits).toHaveLength(1);
      expect(draws, 'noise is drawn once at most').toBeLessThanOrEqual(1);
      expect(answers).toHaveLength(run.result === null ? 0 : 1);
      expect(debits[0]?.state).toBe(run.result !== null ? 'answered' : draws === 1 ? 'drawn' : 'refunded');
    }
  } finally {
    await closeDatabase(db);
  }
}

async function countEvents(
  knex: ReturnType<typeof openDatabase>['knex'],
  { event, subject }: { event: string; subject: string },
): Promise<number> {
  const rows = (await knex('audit_leaves').where({ event, subject_id: subject })) as unknown[];
  return rows.length;
}

/** The worker first: it would otherwise see its parent go. */
async function killAll(): Promise<void> {
  const children = readFileSync(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8').trim();
  for (const pid of children === '' ? [] : children.split(' ')) process.kill(Number(pid), 'SIGKILL');
  await service.stop('SIGKILL');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function patience() {
  return { output: () => service.output(), timeoutMs: 120_000 };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
