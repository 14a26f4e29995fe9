// What is closed opens for a time, to one reader, for reading alone; an officer of the tenant opened it, and each use is in its log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, findRequest } from '../testing/approving.ts';
import { listEvents, play, type Step } from '../testing/play.ts';
import { meet } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { BREAK_GLASS_HEADER } from './behind-glass.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  await world.addOperator('operator2');
  await meet(world);
});
afterAll(() => world.close());

const asking = (who: string, rest: object = {}): Step => ({
  who,
  does: 'POST /v1/break-glass-reads',
  sending: { permissions: ['job:read'], minutes: 60, reason: 'A match does not end.', ...rest },
  gets: 201,
  showing: { status: 'requested', uses: 0 },
  leaves: ['break-glass.requested', 'approval.requested'],
  as: 'brk',
});

/** A request behind the glass: its status, its text and the events that it left. */
async function behindGlass(who: string, path: string, method = 'GET') {
  const before = (await listEvents(world)).length;
  const headers = {
    Authorization: `Bearer ${world.secretOf(who)}`,
    [BREAK_GLASS_HEADER]: world.names.get('brk') ?? '',
  };
  const response = await fetch(`${world.url}${path}`, { method, headers });
  return { status: response.status, text: await response.text(), events: await listEvents(world, before) };
}

describe('an operator', () => {
  it('reads the jobs of a tenant that opened them, and nothing else of it, until the time is over', async () => {
    await play(world, [
      { who: 'operator', does: 'GET /v1/jobs', gets: 'forbidden', leaves: 'access.denied' },
      { ...asking('operator'), gets: 'request_invalid', showing: {}, leaves: [] },
      asking('operator', { tenant_id: '{osec}' }),
    ]);
    expect((await behindGlass('operator', '/v1/jobs')).status).toBe(404);
    expect(await findRequest(world, 'rando.compliance-officer', 'brk')).toBeUndefined();
    const asked = await findRequest(world, 'osec.compliance-officer', 'brk');
    expect(asked?.shown.summary).toContain('an operator of the service read job:read for 60 minutes');
    await approve(world, { who: 'osec.compliance-officer', subject: 'brk', leaves: 'approval.granted' });
    const read = await behindGlass('operator', '/v1/jobs');
    expect(read).toMatchObject({ status: 200, events: ['break-glass.used'] });
    expect(read.text).toContain('"kind":"match"');
    expect((await behindGlass('operator2', '/v1/jobs')).status).toBe(404);
    expect(await behindGlass('operator', '/v1/datasets')).toMatchObject({ status: 403, events: ['access.denied'] });
    expect((await behindGlass('operator', '/v1/loads/lod_00000000000000000000000000')).status).toBe(403);
    world.clock.moveTo('2026-06-01T09:00:00.000Z');
    expect(await behindGlass('operator', '/v1/jobs')).toMatchObject({ status: 403, events: ['access.denied'] });
    await play(world, [
      { who: 'osec.compliance-officer', does: 'GET /v1/break-glass-reads/{brk}', gets: 200, showing: { uses: 1 } },
      { who: 'rando.compliance-officer', does: 'GET /v1/break-glass-reads/{brk}', gets: 'not_found' },
    ]);
  });
});

describe('a member', () => {
  it('reads in the own tenant alone, is not let in by themselves, and may be shut out early', async () => {
    await play(world, [
      asking('osec.analyst', { permissions: ['load:read'], tenant_id: '{osec}' }),
      { ...asking('osec.analyst', { tenant_id: '{rando}' }), gets: 'not_found', showing: {}, leaves: [], as: 'none' },
      { ...asking('osec.connector'), gets: 'forbidden', showing: {}, leaves: 'access.denied', as: 'none' },
    ]);
    await approve(world, { who: 'osec.compliance-officer', subject: 'brk', leaves: 'approval.granted' });
    const load = '/v1/loads/lod_00000000000000000000000000';
    expect(await behindGlass('osec.analyst', load)).toMatchObject({ status: 404, events: ['break-glass.used'] });
    expect((await behindGlass('osec.analyst', '/v1/segments')).status).toBe(403);
    await play(world, [
      {
        who: 'osec.compliance-officer',
        does: 'POST /v1/break-glass-reads/{brk}/end',
        gets: 200,
        showing: { status: 'ended' },
        leaves: 'break-glass.ended',
      },
    ]);
    expect((await behindGlass('osec.analyst', load)).status).toBe(404);
  });

  it('asks for no more than may be opened at all', async () => {
    const invalid = { gets: 'request_invalid', showing: {}, leaves: [], as: 'none' } as const;
    await play(world, [
      { ...asking('osec.analyst', { permissions: ['dataset:write'] }), ...invalid },
      { ...asking('osec.analyst', { minutes: 600 }), ...invalid },
    ]);
  });
});
