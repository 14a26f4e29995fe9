// The operator's envelope and its two questions, against the sandbox.
import { createDecipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';
import type { ActivationChange } from '../kit/activation-change.ts';
import {
  type ConformanceSubject,
  type ConformanceWorld,
  deliverOptions,
  deliverToEnd,
  FakeClock,
  ProgressStore,
} from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { deliver, testDestination } from '../kit/deliver.ts';
import { openEgress } from '../kit/egress.ts';
import { theTradeDesk } from '../the-trade-desk/destination.ts';
import { startTradeDeskSandbox } from '../the-trade-desk/sandbox.ts';
import { SANDBOX_LOGIN } from '../the-trade-desk/sandbox-tokens.ts';
import { openAnswer, openRequest, sealAnswer, sealRequest } from './envelope.ts';
import { IdOperator } from './operator.ts';
import { type OperatorSandbox, SANDBOX_API_KEY, SANDBOX_SECRET, startOperatorSandbox } from './sandbox.ts';
import { withIdOperator } from './translated-destination.ts';

const secret = Buffer.from(SANDBOX_SECRET, 'base64');
const nonce = Buffer.from('0102030405060708', 'hex');
const iv = Buffer.from('0a0b0c0d0e0f101112131415', 'hex');

let sandbox: OperatorSandbox | undefined;
afterEach(() => sandbox?.close());

async function begin(access: object = {}) {
  const clock = new FakeClock();
  sandbox = await startOperatorSandbox({ clock });
  const signal = new AbortController().signal;
  const egress = openEgress({ network: { allowedAddresses: ['127.0.0.1/32'] }, hosts: ['127.0.0.1'], signal });
  const given = { url: sandbox.url, apiKey: SANDBOX_API_KEY, clientSecret: SANDBOX_SECRET, ...access };
  return { clock, sandbox, operator: new IdOperator(given, { egress, clock, random: () => 0.5, signal }) };
}

/** Of user@example.com and of +12345678901: unifiedid.com/docs, "Normalization and Encoding". */
const EMAIL = 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=';
const PHONE = 'EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=';

describe('the envelope', () => {
  it('of a request is version, IV, then time, nonce and JSON under AES-256-GCM, in base64', () => {
    const text = sealRequest({ secret, nowMs: 1_700_000_000_000, nonce, iv, content: { email_hash: [] } });
    const bytes = Buffer.from(text, 'base64');
    expect(bytes[0]).toBe(1);
    expect(bytes.subarray(1, 13)).toEqual(iv);
    const decipher = createDecipheriv('aes-256-gcm', secret, iv).setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(13, -16)), decipher.final()]);
    expect(plain.readBigInt64BE(0)).toBe(1_700_000_000_000n);
    expect(plain.subarray(8, 16)).toEqual(nonce);
    expect(plain.subarray(16).toString()).toBe('{"email_hash":[]}');
  });

  it('opens under its own secret alone, and with no bit changed', () => {
    const text = sealRequest({ secret, nowMs: 5, nonce, iv, content: [1] });
    expect(openRequest(text, secret)).toEqual({ atMs: 5, nonce, content: [1] });
    expect(openRequest(text, Buffer.alloc(32, 8))).toBeUndefined();
    const bytes = Buffer.from(text, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        return openRequest(changed.toString('base64'), secret) === undefined;
      }),
    );
  });

  it('of an answer is taken for the request it belongs to alone', () => {
    const text = sealAnswer({ secret, nowMs: 5, nonce, iv, content: { status: 'success' } });
    expect(openAnswer(text, { secret, nonce })).toEqual({ status: 'success' });
    expect(() => openAnswer(text, { secret, nonce: Buffer.alloc(8) })).toThrow('does not belong');
    expect(() => openAnswer(text.slice(0, 20), { secret, nonce })).toThrow('does not belong');
  });
});

describe('in front of a destination,', () => {
  const digestOf = (index: number): string => createHash('sha256').update(`person ${index}`).digest('base64');
  const changes = (change: 'add' | 'remove', count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: digestOf(index), change }));
  const destination = withIdOperator(theTradeDesk);

  async function beginDelivery() {
    const { clock, sandbox } = await begin();
    const platform = await startTradeDeskSandbox({ clock });
    const urls = { data_url: platform.url, auth_url: platform.url, id_operator_url: sandbox.url };
    const segment = { advertiser_id: 'adv1', segment_name: 'spring', id_name: 'UID2', max_items_per_request: 40 };
    const world = {
      settings: { ...urls, ...segment, id_operator: 'uid2' },
      credentials: { ...SANDBOX_LOGIN, id_operator_key: SANDBOX_API_KEY, id_operator_secret: SANDBOX_SECRET },
    } as unknown as ConformanceWorld;
    const exchange = { clock, world, subject: { destination } as unknown as ConformanceSubject };
    const send = (of: readonly ActivationChange[], id: string) =>
      deliverToEnd(exchange, new ProgressStore(id, clock), of);
    const remap = (of: readonly ActivationChange[], id: string) =>
      deliver(destination, { ...deliverOptions(exchange, new ProgressStore(id, clock), of), isRemap: true });
    return { sandbox, platform, clock, world, send, remap };
  }

  it('digests go in and ids come out; who opted out or is unknown is counted and left out', async () => {
    const { sandbox, platform, send } = await beginDelivery();
    sandbox.optedOut.add(digestOf(3));
    const report = await send([...changes('add', 100), { id: 'no digest', change: 'add' }], 'dlv_1');
    expect(report).toMatchObject({ status: 'partially_delivered', added: 99 });
    expect(report.invalid).toEqual({ opted_out: 1, identifier_invalid: 1 });
    const expected = changes('add', 100).flatMap(({ id }, index) => (index === 3 ? [] : [sandbox.idOf(id)]));
    expect(platform.platform.members('spring')).toEqual(expected.sort());
    await platform.close();
  });

  it('a removal after a rotation takes out the former id too', async () => {
    const { sandbox, platform, send } = await beginDelivery();
    await send(changes('add', 10), 'dlv_1');
    sandbox.rotate();
    await send(changes('remove', 10), 'dlv_2');
    expect(platform.platform.members('spring')).toEqual([]);
    await platform.close();
  });

  it('the report says when the first id is due, and everybody told again then has the new id and not the former', async () => {
    const { sandbox, platform, clock, send, remap } = await beginDelivery();
    const report = await send(changes('add', 10), 'dlv_1');
    expect(report.remapDueAtMs).toBeGreaterThan(clock.now());
    sandbox.rotate();
    expect(await remap(changes('add', 10), 'dlv_2')).toMatchObject({ status: 'delivered', added: 10, removed: 10 });
    const now = changes('add', 10).map(({ id }) => sandbox.idOf(id));
    expect(platform.platform.members('spring')).toEqual(now.sort());
    await platform.close();
  });

  it('a delivery killed in between ends in the same state', async () => {
    const { sandbox, platform, clock, world } = await beginDelivery();
    const store = new ProgressStore('dlv_1', clock);
    store.killAt = { save: 2, when: 'before' };
    const exchange = { clock, world, subject: { destination } as unknown as ConformanceSubject };
    expect(await deliverToEnd(exchange, store, changes('add', 100))).toMatchObject({ status: 'delivered', added: 100 });
    expect(platform.platform.members('spring')).toEqual(
      changes('add', 100)
        .map(({ id }) => sandbox.idOf(id))
        .sort(),
    );
    await platform.close();
  });

  it('a wrong key fails the test before the platform is asked', async () => {
    const { platform, world, clock } = await beginDelivery();
    const credentials = { ...world.credentials, id_operator_key: 'wrong' };
    const network = { allowedAddresses: ['127.0.0.1/32'] };
    const signal = new AbortController().signal;
    const options = { settings: world.settings, credentials, network, clock, random: () => 0.5, signal };
    await expect(testDestination(destination, options)).rejects.toMatchObject({ code: 'authentication' });
    expect(platform.requests).toHaveLength(0);
    await platform.close();
  });

  it.each([
    ['another id', { id_name: 'RampID' }, {}, '/settings/id_operator'],
    ['no key', {}, { id_operator_key: undefined }, '/credentials/id_operator_key'],
    ['a secret of another length', {}, { id_operator_secret: 'short' }, '/credentials/id_operator_secret'],
  ])('settings with %s are refused', async (_, settings, credentials, pointer) => {
    const { platform, world } = await beginDelivery();
    const given = {
      settings: { ...world.settings, ...settings },
      credentials: { ...world.credentials, ...credentials },
    };
    const check = () => validateSettings(destination, given);
    expect(check).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ pointer })] }));
    await platform.close();
  });

  it('only digests of the UID2 profile and of the chosen kind are sent to the operator', () => {
    const settings = { id_operator: 'uid2', id_operator_digest: 'email' } as never;
    expect(destination.idTypes(settings)).toEqual(['platform-digest']);
    const taken = (profile: string) => destination.acceptsProfile?.(settings, profile);
    expect([taken('uid2@2026-06'), taken('uid2@2026-06/phone'), taken('meta@2026-06')]).toEqual([true, false, false]);
  });
});

describe('the operator', () => {
  it('maps digests of both kinds in one request, in their order', async () => {
    const { operator, sandbox } = await begin();
    const mapped = await operator.map([
      { kind: 'phone', digest: PHONE },
      { kind: 'email', digest: EMAIL },
      { kind: 'email', digest: 'no digest' },
    ]);
    expect(mapped.map((one) => (one.state === 'mapped' ? one.id : one.state))).toEqual([
      sandbox.idOf(PHONE),
      sandbox.idOf(EMAIL),
      'invalid',
    ]);
    expect(sandbox.requests).toHaveLength(1);
  });

  it('takes the digests that the partner’s side makes under the UID2 profile', async () => {
    const profile = findPlatformProfile('uid2@2026-06');
    const made = platformDigest(profile!, 'USER@example.com', {});
    expect(made).toEqual({ ok: true, digest: EMAIL });
  });

  it('tells who opted out, before and after', async () => {
    const { operator, sandbox } = await begin();
    const [first] = await operator.map([{ kind: 'email', digest: EMAIL }]);
    const id = first?.state === 'mapped' ? first.id : '';
    expect(await operator.listOptedOut([id])).toEqual(new Set());
    sandbox.optedOut.add(EMAIL);
    expect(await operator.map([{ kind: 'email', digest: EMAIL }])).toEqual([{ state: 'opted-out' }]);
    expect(await operator.listOptedOut([id])).toEqual(new Set([id]));
  });

  it('gives the former id after a rotation, and when to ask again', async () => {
    const { operator, sandbox, clock } = await begin();
    const former = sandbox.idOf(EMAIL);
    sandbox.rotate();
    const [mapped] = await operator.map([{ kind: 'email', digest: EMAIL }]);
    expect(mapped).toMatchObject({ state: 'mapped', id: sandbox.idOf(EMAIL), formerId: former });
    expect(mapped?.state === 'mapped' && mapped.refreshAtMs).toBeGreaterThan(clock.now());
  });

  it('is asked again after a fault, under a new envelope', async () => {
    const { operator, sandbox } = await begin();
    sandbox.inject({ operation: 'map', kind: 'answer', answer: { status: 429 } });
    sandbox.inject({ operation: 'map', kind: 'reset-after' });
    expect(await operator.map([{ kind: 'email', digest: EMAIL }])).toMatchObject([{ state: 'mapped' }]);
    const bodies = sandbox.requests.map(({ body }) => body.toString());
    expect(new Set(bodies).size).toBe(3);
  });

  it.each([
    ['key', { apiKey: 'wrong' }, 'authentication'],
    ['secret', { clientSecret: Buffer.alloc(32, 9).toString('base64') }, 'rejected'],
  ])('that does not know the %s is not asked twice', async (_, access, code) => {
    const { operator, sandbox } = await begin(access);
    await expect(operator.test()).rejects.toMatchObject({ code });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('has 5,000 identities in a request and no more', async () => {
    const { operator } = await begin();
    const digests = Array.from({ length: 5_000 }, (_, index) => ({
      kind: 'email' as const,
      digest: Buffer.alloc(32, index).toString('base64'),
    }));
    expect(await operator.map(digests)).toHaveLength(5_000);
    await expect(operator.map([...digests, ...digests.slice(0, 1)])).rejects.toThrow(RangeError);
  });
});
