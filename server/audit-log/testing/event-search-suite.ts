// What an officer may ask of the log, on every database: each question alone, together, and page by page.
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEvent } from '../../../audit/event.ts';
import { closeDatabase, type Database } from '../../database/database.ts';
import { appendEvent } from '../audit-log-store.ts';
import { addAuditSearch, dropAuditLogTables, dropAuditSearch } from '../audit-log-tables.ts';
import { type EventFilter, eachEvent, listEvents } from '../event-search.ts';
import { PAGE_ROWS } from '../limits.ts';
import { createLog, eventNumber, TENANT_ID } from './audit-log-suite.ts';

const SIZE = PAGE_ROWS + 40;
const OUTCOMES = ['allowed', 'denied', 'succeeded', 'failed'] as const;

/** Every second a second later, but for one whose clock was an hour slow. */
function searchable(i: number): AuditEvent {
  const event = eventNumber(i);
  const instant = i === 30 ? new Date(Date.parse(event.instant) - 3_600_000).toISOString() : event.instant;
  return { ...event, instant, outcome: OUTCOMES[i % 4]!, actor: { kind: 'member', id: `mem_${i % 3}` } };
}

const EVENTS = Array.from({ length: SIZE }, (_, i) => searchable(i));

export function eventSearchSuite(open: () => Promise<Database>): void {
  let db: Database;
  let knex: Knex;
  beforeAll(async () => {
    db = await open();
    knex = db.knex;
    await dropAuditLogTables(knex);
    await createLog(knex);
    await knex.transaction(async (trx) => {
      for (const event of EVENTS) await appendEvent(trx, event);
    });
  });
  afterAll(() => closeDatabase(db));

  const indices = (isWanted: (event: AuditEvent, i: number) => boolean) =>
    EVENTS.flatMap((event, i) => (isWanted(event, i) ? [i] : []));

  test.each<[string, EventFilter, (event: AuditEvent, i: number) => boolean]>([
    ['everything', { tenantId: undefined }, () => true],
    ['a tenant', { tenantId: TENANT_ID }, ({ tenantId }) => tenantId === TENANT_ID],
    ['the service itself', { tenantId: null }, ({ tenantId }) => tenantId === null],
    ['an event', { tenantId: undefined, event: 'delivery.completed' }, ({ event }) => event === 'delivery.completed'],
    [
      'an outcome',
      { tenantId: TENANT_ID, outcome: 'succeeded' },
      (e) => e.tenantId !== null && e.outcome === 'succeeded',
    ],
    ['an actor', { tenantId: undefined, actorId: 'mem_2' }, ({ actor }) => actor.id === 'mem_2'],
    ['a subject', { tenantId: undefined, subjectId: 'dlv_3' }, ({ subject }) => subject.id === 'dlv_3'],
    ['from an instant on', { tenantId: undefined, since: EVENTS[500]!.instant }, (_, i) => i >= 500],
    ['before an instant', { tenantId: undefined, until: EVENTS[20]!.instant }, (_, i) => i < 20 || i === 30],
    [
      'a period, a tenant and an actor',
      { tenantId: TENANT_ID, actorId: 'mem_0', since: EVENTS[10]!.instant, until: EVENTS[90]!.instant },
      ({ tenantId, actor }, i) => tenantId !== null && actor.id === 'mem_0' && i >= 10 && i < 90 && i !== 30,
    ],
    ['nothing', { tenantId: TENANT_ID, actorId: 'mem_of_nobody' }, () => false],
    ['a time to come', { tenantId: TENANT_ID, since: '2100-01-01T00:00:00.000Z' }, () => false],
  ])('%s', async (_, filter, isWanted) => {
    const wanted = indices(isWanted);
    const streamed: number[] = [];
    for await (const { index } of eachEvent(knex, { ...filter, endIndex: SIZE })) streamed.push(index);
    expect(streamed).toEqual(wanted);
    const paged: number[] = [];
    for (;;) {
      const page = await listEvents(knex, { ...filter, beforeIndex: paged.at(-1), limit: 200 });
      paged.push(...page.map(({ index }) => index));
      if (page.length < 200) break;
    }
    expect(paged).toEqual(wanted.toReversed());
  });

  test('what is appended while a stream is read is not in it', async () => {
    let last = -1;
    for await (const { index } of eachEvent(knex, { tenantId: undefined, endIndex: 7 })) last = index;
    expect(last).toBe(6);
  });

  test('the actor is found in logs that were written before there was such a column', async () => {
    await dropAuditSearch(knex);
    await addAuditSearch(knex);
    const found = await listEvents(knex, { tenantId: undefined, actorId: 'mem_1', limit: SIZE });
    expect(found).toHaveLength(indices(({ actor }) => actor.id === 'mem_1').length);
  });
}
