// Turns at a platform, asked for by two workers at once: no two of them ever have one.
import { expect } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { DestinationPace } from '../destinations/destination-pace.ts';
import { newId } from '../ids.ts';

/** Many that ask at once, in two processes as far as the database can tell. */
export async function turnsOfWorkers(db: Database): Promise<void> {
  const place = { db, clock: systemClock, tenantId: newId('ten'), account: 'a'.repeat(64), isAlone: false };
  const paces = ['one', 'two'].map((process) => new DestinationPace({ ...place, process }));
  const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };
  const turn = { minIntervalMs: 0, clock, signal: new AbortController().signal };
  let [inside, most, turns] = [0, 0, 0];
  const take = async () => {
    most = Math.max(most, ++inside);
    await clock.sleep(5);
    inside--;
    turns++;
  };
  await Promise.all(Array.from({ length: 12 }, (_, nth) => paces[nth % 2]!.inTurn(turn, take)));
  expect([most, turns]).toEqual([1, 12]);
}
