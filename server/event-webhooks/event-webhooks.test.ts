// Event webhooks: signed, in order, at least once, nothing of a detail, and never to an address inside.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifySignature } from '../../connectors/webhook/signature.ts';
import type { Ground } from '../ground.ts';
import { openWorld, type World } from '../testing/world.ts';
import { tellWebhooks } from './event-teller.ts';

interface Message {
  readonly headers: Record<string, string>;
  readonly body: string;
}

let world: World;
let server: Server;
let url: string;
let status = 204;
let received: Message[] = [];
const officer = 'osec.compliance-officer';

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await world?.close();
});
afterEach(async () => {
  status = 204;
  received = [];
  await world.ground.db.knex('event_webhooks').delete();
});

/** As an operator would for a trial: addresses of this machine are allowed. */
const open = (): Ground => ({ ...world.ground, config: { ...world.ground.config, allowPrivateDestinations: true } });
const tell = (ground = open()) => tellWebhooks(ground, new AbortController().signal);
const row = async () => (await world.ground.db.knex('event_webhooks').first()) as Record<string, unknown>;

async function add(events: string[], signature = 'hmac-sha256') {
  const body = { url: 'https://events.example/', events, signature };
  const answer = await world.call({ who: officer, method: 'POST', path: '/v1/event-webhooks', body });
  expect(answer.status, answer.text).toBe(201);
  // The contract takes https alone here; this machine's receiver stands in for it.
  await world.ground.db.knex('event_webhooks').update({ url });
  return answer.body as { id: string; verification_key: string };
}

const addMember = (name: string) => world.addMember({ tenant: 'osec', name, roles: ['analyst'] });
const types = () => received.map(({ body }) => JSON.parse(body).type);

describe('messages', () => {
  test.each(['hmac-sha256', 'ed25519'])(
    'are signed by %s, hold ids and no detail, and come in order',
    async (signature) => {
      const { verification_key: key } = await add(['member.*', 'api-key.created'], signature);
      await addMember(`a-${signature}`);
      await world.addMember({ tenant: 'rando', name: `b-${signature}`, roles: ['analyst'] });
      await tell();
      expect(types()).toEqual(['member.added', 'api-key.created']);
      const nowMs = world.ground.clock.now().getTime();
      for (const { headers, body } of received) {
        expect(verifySignature(headers, Buffer.from(body), { key, nowMs })).toBe(true);
        expect(verifySignature(headers, Buffer.from(`${body} `), { key, nowMs })).toBe(false);
        const { data } = JSON.parse(body);
        expect(Object.keys(data)).toEqual(['event_id', 'index', 'tenant_id', 'outcome', 'subject', 'actor']);
        expect(data.tenant_id).toBe(world.names.get('osec'));
        expect(headers['webhook-id']).toBe(`msg_${data.event_id}`);
      }
      await tell();
      expect(received).toHaveLength(2);
    },
  );

  test('that are not taken come again with the same id, later and later, and none is left out', async () => {
    await add(['member.added']);
    await addMember('c');
    await addMember('d');
    status = 503;
    await tell();
    expect(await row()).toMatchObject({ status: 'failing', failure: 'answered_503', attempts: 1 });
    await tell();
    expect(received).toHaveLength(1);
    status = 204;
    world.clock.moveTo(new Date(world.ground.clock.now().getTime() + 6_000).toISOString());
    await tell();
    expect(received[0]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id']);
    expect(received).toHaveLength(3);
    expect(await row()).toMatchObject({ status: 'active', attempts: 0, failure: null });
  });

  test('end when the receiver says 410', async () => {
    await add(['member.added']);
    await addMember('e');
    status = 410;
    await tell();
    expect(await row()).toMatchObject({ status: 'gone' });
    world.clock.moveTo(new Date(world.ground.clock.now().getTime() + 86_400_000).toISOString());
    await tell();
    expect(received).toHaveLength(1);
  });

  test('never go to an address inside, unless the operator allows it', async () => {
    await add(['member.added']);
    await addMember('f');
    await tell(world.ground);
    expect(received).toEqual([]);
    expect(await row()).toMatchObject({ status: 'failing', failure: 'address_refused' });
  });

  test('are told by one process alone', async () => {
    await add(['member.added']);
    await addMember('g');
    await Promise.all([tell(), tell(), tell()]);
    expect(received).toHaveLength(1);
  });
});

test('the key is shown once, and an address or event that is none is refused with its place', async () => {
  const made = await add(['delivery.*']);
  expect(made.verification_key).toMatch(/^whsec_/);
  const shown = await world.call({ who: officer, method: 'GET', path: `/v1/event-webhooks/${made.id}` });
  expect(shown.body).toMatchObject({ status: 'active', verification_key: null });
  const post = (body: object, who = officer) => world.call({ who, method: 'POST', path: '/v1/event-webhooks', body });
  for (const address of [
    'http://events.example/',
    'https://user:pass@events.example/',
    'ftp://events.example/',
    'nonsense',
  ])
    expect((await post({ url: address, events: ['member.added'] })).body).toMatchObject({
      errors: [{ pointer: '/url' }],
    });
  const wrong = await post({ url: 'https://events.example/', events: ['member.added', 'member.exploded'] });
  expect(wrong.body).toMatchObject({ errors: [{ pointer: '/events/1' }] });
  expect((await post({ url: 'https://events.example/', events: ['member.added'] }, 'osec.analyst')).status).toBe(403);
  const path = `/v1/event-webhooks/${made.id}`;
  expect((await world.call({ who: 'rando.compliance-officer', method: 'DELETE', path })).status).toBe(404);
  expect((await world.call({ who: officer, method: 'DELETE', path })).status).toBe(204);
  expect((await world.call({ who: officer, method: 'GET', path })).status).toBe(404);
});
