// The webhook destination against a strict receiver, and signatures against the vector of Standard Webhooks.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeConformance } from '../kit/conformance.ts';
import { deliverOptions, deliverToEnd, type Exchange, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { testDestination } from '../kit/deliver.ts';
import { fixtureText, THREE_CHANGES } from '../testing/fixture.ts';
import { webhook } from './destination.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox, type WebhookSandbox } from './sandbox.ts';
import { signatureHeaders, verifySignature } from './signature.ts';
import { parseSigningKey, verificationKey } from './signing-key.ts';

const unknown = new Set<string>();
const answer = (status: number, headers: Record<string, string> = {}) =>
  ({ operation: 'receive', kind: 'answer', answer: { status, headers } }) as const;
const idAt = (index: number): string => `customer-${String(index).padStart(6, '0')}`;

const subject: Parameters<typeof describeConformance>[0] = {
  destination: webhook,
  idAt,
  invalidIds: ['', 'line\nbreak', 'x'.repeat(513), '\ud800'],
  invalidSettings: [
    { change: { url: 'http://hooks.example.com' }, pointer: '/settings/url' },
    { change: { url: 'ftp://hooks.example.com' }, pointer: '/settings/url' },
    { change: { url: 'https://a:b@hooks.example.com' }, pointer: '/settings/url' },
    { change: { url: 'hooks' }, pointer: '/settings/url' },
    { change: { id_type: 'email' }, pointer: '/settings/id_type' },
    { change: { max_body_bytes: 20_001 }, pointer: '/settings/max_body_bytes' },
  ],
  start: async (clock) => {
    unknown.clear();
    const sandbox = await startWebhookSandbox({ clock, isKnownId: (id) => !unknown.has(id) });
    return {
      settings: { url: `${sandbox.url}/hook`, id_type: 'customer', max_body_bytes: 1_000 },
      credentials: { signing_key: SANDBOX_SIGNING_KEY },
      members: async () => sandbox.members(),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.inject(answer(500)),
          () => sandbox.inject({ operation: 'receive', kind: 'reset', times: 2 }),
          () => sandbox.inject({ operation: 'receive', kind: 'reset-after' }),
          () => sandbox.inject(answer(504)),
          () => sandbox.inject(answer(408)),
        ],
        throttle: () => sandbox.inject(answer(429, { 'retry-after': '9' })),
        quota: () => sandbox.inject(answer(503, { 'retry-after': '3600' })),
        permanent: () => sandbox.inject(answer(410)),
        rejectRows: (ids) => {
          for (const id of ids) unknown.add(id);
          return 'unknown_id';
        },
      },
    };
  },
};
describeConformance(subject);

describe('a webhook', () => {
  let sandbox: WebhookSandbox;
  let exchange: Exchange;
  const changes = Array.from({ length: 50 }, (_, index) => ({ id: idAt(index), change: 'add' as const }));
  const send = () => deliverToEnd(exchange, new ProgressStore('dlv_1', exchange.clock), changes);
  beforeEach(async () => {
    const clock = new FakeClock();
    sandbox = await startWebhookSandbox({ clock });
    exchange = {
      subject,
      clock,
      world: {
        settings: { url: sandbox.url, id_type: 'customer', max_body_bytes: 1_000 },
        credentials: { signing_key: SANDBOX_SIGNING_KEY },
        faults: { permanent: () => undefined },
        members: async () => sandbox.members(),
        traffic: async () => sandbox.requests.length,
        close: () => sandbox.close(),
      },
    };
  });
  afterEach(() => sandbox.close());

  it('is repeated under its id with the same body, so that a receiver applies it once', async () => {
    sandbox.inject({ operation: 'receive', kind: 'reset-after', skip: 1, times: 2 });
    await send();
    const [, first, second, third] = sandbox.requests;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(third?.body.equals(first!.body)).toBe(true);
    expect(third?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect([...sandbox.applied.values()]).toEqual(changes.map(() => 1));
  });

  it('is signed over every byte of its body, not over the first row', async () => {
    await send();
    const { headers, body } = sandbox.requests[0]!;
    const check = { key: SANDBOX_SIGNING_KEY, nowMs: exchange.clock.now() };
    expect(verifySignature(headers, body, check)).toBe(true);
    for (let at = 0; at < body.length; at += 13) {
      const changed = Buffer.from(body);
      changed[at]! ^= 1;
      expect(verifySignature(headers, changed, check)).toBe(false);
    }
  });

  it('has the bodies of the fixtures, byte for byte: changed, delivered, erased, test', async () => {
    const bodies = () => sandbox.requests.map(({ body }) => `${body.toString('utf8')}\n`);
    const fixtures = (...names: string[]) => names.map((name) => fixtureText(import.meta.url, `${name}.json`));
    await deliverToEnd(exchange, new ProgressStore('dlv_1', exchange.clock), THREE_CHANGES);
    expect(bodies()).toEqual(fixtures('changed', 'delivered'));
    const erasure = [{ id: '4712', change: 'remove' as const, erase: true as const }];
    await deliverToEnd(exchange, new ProgressStore('dlv_1', exchange.clock), erasure);
    expect(bodies()[2]).toBe(fixtures('erased')[0]);
    const { changes: _, ...options } = deliverOptions(exchange, new ProgressStore('dlv_1', exchange.clock), []);
    await testDestination(webhook, options);
    expect(bodies().at(-1)).toBe(fixtures('test')[0]);
  });

  it('asks the receiver to erase by a type of its own, and claims no more than a removal', async () => {
    const changes = [{ id: 'customer-1', change: 'remove' as const, erase: true as const }];
    const report = await deliverToEnd(exchange, new ProgressStore('dlv_3', exchange.clock), changes);
    expect(report).toMatchObject({ removed: 1, erasure: 'removed_only' });
    expect(sandbox.messages[0]).toMatchObject({
      type: 'audience.erased',
      data: { added: [], removed: ['customer-1'] },
    });
  });

  it('never reaches 20 kB', async () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => ({
      id: `${'€'.repeat(100)}${index}`,
      change: 'add' as const,
    }));
    exchange.world.settings.max_body_bytes = 20_000;
    await deliverToEnd(exchange, new ProgressStore('dlv_2', exchange.clock), ids);
    expect(Math.max(...sandbox.requests.map(({ body }) => body.length))).toBeLessThan(20_000);
    expect(sandbox.members()).toHaveLength(3_000);
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 410, 413, 422, 501])(
    'answered with %i is not sent again',
    async (status) => {
      sandbox.inject({ ...answer(status, { location: 'https://elsewhere.example' }), times: 5 });
      expect(await send()).toMatchObject({ status: 'failed', batches: 0 });
      expect(sandbox.requests).toHaveLength(1);
    },
  );

  it('is given up for now when faults do not end, and comes back', async () => {
    sandbox.inject({ ...answer(500), times: 6 });
    expect(await send()).toMatchObject({ status: 'delivered', added: 50 });
    expect(exchange.clock.sleptMs).toHaveLength(6);
  });

  it('is signed with both keys while they change, and with Ed25519 too', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16);
    const signing_key = `whsk_${seed.toString('base64')}`;
    exchange.world.credentials.signing_key = signing_key;
    exchange.world.credentials.previous_signing_key = SANDBOX_SIGNING_KEY;
    expect(await send()).toMatchObject({ status: 'delivered' });
    const { headers, body } = sandbox.requests[0]!;
    const key = verificationKey(parseSigningKey(signing_key)!);
    expect(key).toMatch(/^whpk_/);
    expect(verifySignature(headers, body, { key, nowMs: exchange.clock.now() })).toBe(true);
  });
});

describe('a signature of Standard Webhooks', () => {
  const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const body = Buffer.from('{"test": 2432232314}');
  const headers = signatureHeaders({ id, timestamp: 1614265330, body }, [parseSigningKey(key)!]);
  const nowMs = 1614265330_000;

  it('is that of the vector in the reference libraries', () => {
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('with Ed25519 is that of RFC 8032 over the same content', () => {
    const signing = parseSigningKey(
      `whsk_${Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex').toString('base64')}`,
    )!;
    expect(verificationKey(signing)).toBe('whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
    const signed = signatureHeaders({ id, timestamp: 1614265330, body }, [signing]);
    expect(signed['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(verifySignature(signed, body, { key: verificationKey(signing), nowMs })).toBe(true);
  });

  it('holds for five minutes either way', () => {
    expect(verifySignature(headers, body, { key, nowMs: nowMs + 300_000 })).toBe(true);
    expect(verifySignature(headers, body, { key, nowMs: nowMs + 301_000 })).toBe(false);
    expect(verifySignature(headers, body, { key, nowMs: nowMs - 301_000 })).toBe(false);
  });

  it('does not hold for another id or time, nor when a public key is passed off as a secret', () => {
    expect(verifySignature({ ...headers, 'webhook-id': 'msg_2' }, body, { key, nowMs })).toBe(false);
    expect(verifySignature({ ...headers, 'webhook-timestamp': '1614265331' }, body, { key, nowMs })).toBe(false);
    const publicKey = 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
    const forged = createHmac('sha256', Buffer.from(publicKey.slice(5), 'base64'))
      .update(`${id}.1614265330.${body}`)
      .digest('base64');
    expect(verifySignature({ ...headers, 'webhook-signature': `v1,${forged}` }, body, { key: publicKey, nowMs })).toBe(
      false,
    );
  });

  it.each(['whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(120)}`, 'whsec_not base64', 'whsk_AAAA', 'secret', ''])(
    'is not made with the key %j',
    (text) => {
      expect(parseSigningKey(text)).toBeUndefined();
    },
  );
});
