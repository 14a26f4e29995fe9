// Meta's client beyond the conformance suite: sessions on the wire, replacement, transports of removals, proof of the token.
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { deliverOptions, type Exchange, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { type DeliverOptions, deliver, testDestination } from '../kit/deliver.ts';
import { formatMember } from '../kit/member.ts';
import { meta } from './destination.ts';
import { type MetaSandbox, type MetaSandboxOptions, startMetaSandbox } from './sandbox.ts';

let sandbox: MetaSandbox;
let exchange: Exchange;
afterEach(() => sandbox.close());

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const rows = (change: 'add' | 'remove', from: number, to: number): ActivationChange[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: digest(`person ${from + index}`), change }));
const ids = (from: number, to: number): string[] =>
  rows('add', from, to)
    .map(({ id }) => id)
    .sort();
const members = (): string[] => sandbox.platform.members('4711');

async function begin(
  options: MetaSandboxOptions = {},
  settings: Record<string, unknown> = {},
  credentials: Record<string, unknown> = {},
): Promise<void> {
  sandbox = await startMetaSandbox(options);
  const unused = () => Promise.reject(new Error('unused'));
  exchange = {
    clock: new FakeClock(),
    subject: { destination: meta, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      settings: { api_url: sandbox.url, audience_id: '4711', data_type: 'email', max_rows_per_call: 10, ...settings },
      credentials: { access_token: 'sandbox', ...credentials },
      faults: { permanent: () => undefined },
      members: async () => members(),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
    },
  };
}
const send = (changes: readonly ActivationChange[], more: Partial<DeliverOptions> = {}, id = 'dlv_1') =>
  deliver(meta, { ...deliverOptions(exchange, new ProgressStore(id, exchange.clock), changes), ...more });
const seen = (operation: string) => sandbox.requests.filter((request) => request.operation === operation);
const bodies = (operation: string) => seen(operation).map(({ body }) => JSON.parse(body.toString('utf8')));

describe('a delivery', () => {
  it('has a session for removals and one for additions, numbered, each closed by its last batch', async () => {
    await begin();
    await send(rows('add', 0, 15));
    await send([...rows('remove', 0, 15), ...rows('add', 15, 40)], {}, 'dlv_2');
    const sessions = (operation: string, from: number) =>
      bodies(operation)
        .slice(from)
        .map(({ session }) => session);
    const removals = sessions('remove', 0);
    expect(removals.map((one) => [one.batch_seq, one.last_batch_flag])).toEqual([
      [1, false],
      [2, true],
    ]);
    const additions = sessions('add', 2);
    expect(additions.map((one) => [one.batch_seq, one.last_batch_flag])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(new Set([...removals, ...additions].map((one) => one.session_id)).size).toBe(2);
    expect(members()).toEqual(ids(15, 40));
  });

  it('of a whole audience replaces it, at once and when its last batch has come', async () => {
    await begin();
    await send(rows('add', 0, 25));
    sandbox.fail('permission', { operation: 'replace', skip: 2 });
    expect((await send(rows('add', 20, 45), { isWhole: true }, 'dlv_2')).status).toBe('partially_delivered');
    expect(members()).toEqual(ids(0, 25));
    await send(rows('add', 20, 45), { isWhole: true }, 'dlv_3');
    expect(members()).toEqual(ids(20, 45));
    const report = await send([], { isWhole: true }, 'dlv_4');
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(members()).toEqual(ids(20, 45));
  });

  it.each(['body', 'query'])('carries removals in the %s', async (removal_transport) => {
    await begin({}, { removal_transport, max_rows_per_call: 10_000 });
    await send(rows('add', 0, 200));
    expect(await send(rows('remove', 0, 190), {}, 'dlv_2')).toMatchObject({ status: 'delivered', removed: 190 });
    expect(members()).toEqual(ids(190, 200));
    const removals = seen('remove');
    expect(
      removals.every(({ body, url }) => (removal_transport === 'body' ? url.search === '' : body.length === 0)),
    ).toBe(true);
    expect(removals.every(({ url }) => url.href.length < 16_000)).toBe(true);
  });

  it('of members with several keys, blanks and options reaches each once', async () => {
    await begin({}, { data_type: 'member', member_keys: ['EMAIL', 'PHONE', 'COUNTRY'], limited_data_use: true });
    const people = [
      formatMember({ email: [digest('a')], phone: [digest('1')], region: [digest('us')] }),
      formatMember({ phone: [digest('2')], region: [digest('us')] }),
    ];
    await send(people.map((id) => ({ id, change: 'add' })));
    expect(members()).toEqual([...people].sort());
    expect(sandbox.platform.limitedEntries).toBe(2);
    await send(
      people.map((id) => ({ id, change: 'remove' })),
      {},
      'dlv_2',
    );
    expect(members()).toEqual([]);
  });

  it('says customer_consent only when it is told to', async () => {
    await begin();
    await send(rows('add', 0, 2), { purpose: 'advertising' });
    exchange.world.settings.customer_consent = 'send';
    expect(await send(rows('add', 2, 4), { purpose: 'advertising' }, 'dlv_2')).toMatchObject({ status: 'delivered' });
    expect(await send(rows('add', 4, 6), {}, 'dlv_3')).toMatchObject({ rejectedByPlatform: { consent_missing: 2 } });
    expect(bodies('add').map((body) => body.customer_consent)).toEqual([undefined, true]);
    expect(members()).toEqual(ids(0, 4));
  });
});

describe('access', () => {
  it('stands in a header and never in an address, with a proof when the app has a secret', async () => {
    await begin({ appSecret: 'abc123' }, {}, { app_secret: 'abc123' });
    expect(await send(rows('add', 0, 1))).toMatchObject({ status: 'delivered' });
    expect(sandbox.requests.map(({ url }) => url.href).join()).not.toContain('access_token');
    expect(bodies('add')[0].appsecret_proof).toMatch(/^[0-9a-f]{64}$/);
    const { changes: _changes, ...options } = deliverOptions(exchange, new ProgressStore('t', exchange.clock), []);
    await expect(testDestination(meta, options)).resolves.toBeUndefined();
    exchange.world.credentials.app_secret = 'def456';
    expect(await send(rows('add', 0, 1), {}, 'dlv_2')).toMatchObject({ status: 'failed' });
  });

  it('that has expired ends the delivery: nothing but a person renews the token', async () => {
    await begin();
    sandbox.fail('token-expired');
    const report = await send(rows('add', 0, 3));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
    expect(seen('add')).toHaveLength(1);
  });

  it('is refused by the test of a flagged audience, and by every upload to it', async () => {
    await begin({ isFlagged: true });
    const { changes: _changes, ...options } = deliverOptions(exchange, new ProgressStore('t', exchange.clock), []);
    await expect(testDestination(meta, options)).rejects.toMatchObject({ code: 'rejected' });
    expect(await send(rows('add', 0, 3))).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
  });
});
