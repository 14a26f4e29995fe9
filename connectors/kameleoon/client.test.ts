// Kameleoon beyond the conformance suite: bodies, the ways to leave, lifetimes, tokens and user agents.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { type Batch, batchChanges } from '../kit/batches.ts';
import { deliverToEnd, FakeClock, inBatches, ProgressStore } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { checkFields } from '../kit/settings.ts';
import { kameleoon } from './destination.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { batchRules, forgottenBody, mapsBody } from './payload.ts';
import {
  type KameleoonSandbox,
  type KameleoonSandboxOptions,
  SANDBOX_CLIENT,
  SANDBOX_SITE_CODE,
  startKameleoonSandbox,
} from './sandbox.ts';
import { type KameleoonSettings, settingFields } from './settings.ts';

let sandbox: KameleoonSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const base = { site_code: SANDBOX_SITE_CODE, field: 'hikers' };
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8').trimEnd();
const settingsWith = (changed: Record<string, unknown> = {}): KameleoonSettings =>
  checkFields(settingFields, { ...base, ...changed }).values as never;
const add = (...ids: string[]): ActivationChange[] => ids.map((id) => ({ id, change: 'add' }));
const remove = (...ids: string[]): ActivationChange[] => ids.map((id) => ({ id, change: 'remove' }));

async function batchesOf(settings: KameleoonSettings, changes: readonly ActivationChange[]): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of batchChanges(inBatches(changes), batchRules(settings))) batches.push(batch);
  return batches;
}

async function opened(platform: KameleoonSandboxOptions = {}) {
  const clock = new FakeClock();
  const started = await startKameleoonSandbox({ clock, processingMs: 0, ...platform });
  sandbox = started;
  const unused = () => Promise.reject(new Error('unused'));
  const subject = { destination: kameleoon, idAt: String, invalidIds: [], invalidSettings: [], start: unused };
  const send = (
    changes: readonly ActivationChange[],
    { settings = {}, credentials = SANDBOX_CLIENT as Record<string, unknown> } = {},
  ) => {
    const urls = { api_url: started.url, token_url: started.tokenUrl };
    const world = {
      ...{ settings: { ...base, ...urls, ...settings }, credentials: { ...credentials } },
      faults: { permanent: () => undefined },
      ...{ members: unused, traffic: unused, close: unused },
    };
    return deliverToEnd({ clock, subject, world }, new ProgressStore('dlv_1', clock), changes);
  };
  return { clock, send, platform: started.platform, requests: started.requests };
}

describe('a body', () => {
  const changes = [...add('someVisitorCode', '42', '__proto__'), ...remove('keyToDelete')];
  it.each([
    ['maps-with-empty-map.json', {}],
    ['maps-with-null-field.json', { removal: 'field' }],
    ['maps-with-value-and-prefix.json', { value: 'Say "hi"', key_prefix: 'hikers-' }],
  ])('is byte for byte %s', async (name, changed) => {
    const settings = settingsWith(changed);
    const [batch] = await batchesOf(settings, changes);
    const text = Buffer.concat(mapsBody(batch!, settings)).toString('utf8');
    expect(text).toBe(fixture(name));
    expect(Object.keys(JSON.parse(text))).toHaveLength(4);
  });

  it('of visitors to forget names the removed ones, one a line, without the prefix', async () => {
    const [batch] = await batchesOf(settingsWith({ key_prefix: 'p-' }), [...changes, ...remove('another')]);
    expect(Buffer.concat(forgottenBody(batch!)).toString('utf8')).toBe(fixture('visitors-to-forget.txt'));
  });

  it('stays within the megabyte, with the longest keys and what JSON makes of them', async () => {
    const settings = settingsWith({ value: '"'.repeat(1_000), key_prefix: 'p-' });
    const ids = Array.from({ length: 2_000 }, (_, at) => `é"${String(at).padStart(90, '\\')}`);
    const batches = await batchesOf(settings, add(...ids));
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) {
      expect(Buffer.concat(mapsBody(batch, settings)).length).toBeLessThanOrEqual(MAX_BODY_BYTES);
    }
  });

  it('has no key beyond a hundred characters, the prefix among them', () => {
    const { checkRow } = batchRules(settingsWith({ key_prefix: 'hikers-' }));
    expect([checkRow('x'.repeat(93)), checkRow('x'.repeat(94))?.rowCode]).toEqual([undefined, 'id_invalid']);
  });
});

describe('a visitor', () => {
  it('leaves with the whole key, and with it any other audience of the same map', async () => {
    const { send, platform } = await opened();
    await send(add('v1'), { settings: { field: 'cyclists' } });
    await send(add('v1'));
    await send(remove('v1'));
    expect(platform.mapOf('v1')).toBeUndefined();
  });

  it('leaves with the field alone where the project still takes null', async () => {
    const { send, platform } = await opened();
    await send(add('v1'), { settings: { field: 'cyclists' } });
    await send(add('v1'));
    await send(remove('v1'), { settings: { removal: 'field' } });
    expect(platform.mapOf('v1')).toEqual({ cyclists: true });
  });

  it('of two audiences under prefixes of their own leaves one and stays in the other', async () => {
    const { send, platform } = await opened();
    await send(add('v1'), { settings: { key_prefix: 'cyclists-' } });
    await send(add('v1'), { settings: { key_prefix: 'hikers-' } });
    await send(remove('v1'), { settings: { key_prefix: 'hikers-' } });
    expect([platform.mapOf('cyclists-v1'), platform.mapOf('hikers-v1')]).toEqual([{ hikers: true }, undefined]);
  });

  it('is forgotten altogether where removal says so, and nobody else is', async () => {
    const { send, platform, requests } = await opened();
    await send(add('v1', 'v2'), { settings: { removal: 'forget' } });
    expect(requests.map(({ operation }) => operation)).not.toContain('forget');
    await send(remove('v1'), { settings: { removal: 'forget' } });
    expect(platform.members('hikers')).toEqual(['v2']);
    expect(platform.forgotten).toEqual(['v1']);
    expect(requests.at(-1)).toMatchObject({ operation: 'forget', method: 'POST' });
    expect(requests.at(-1)?.headers['content-type']).toBe('text/plain');
  });

  it.each(['key', 'field', 'forget'])(
    'who asked to be erased is forgotten, also where removal is %s',
    async (removal) => {
      const { send, platform } = await opened();
      await send(add('v1', 'v2'), { settings: { field: 'cyclists' } });
      await send(add('v1', 'v2'));
      const report = await send([{ id: 'v1', change: 'remove', erase: true }], { settings: { removal } });
      expect(report).toMatchObject({ status: 'delivered', removed: 1, erasure: 'erased' });
      expect([platform.mapOf('v1'), platform.forgotten]).toEqual([undefined, ['v1']]);
      expect(platform.members('hikers')).toEqual(['v2']);
    },
  );

  it('under a prefix loses the prefixed key, and is forgotten under the visitor code', async () => {
    const { send, platform } = await opened();
    const settings = { key_prefix: 'hikers-', removal: 'field' };
    await send(add('v1'), { settings });
    await send([{ id: 'v1', change: 'remove', erase: true }], { settings });
    expect([platform.mapOf('hikers-v1'), platform.forgotten]).toEqual([undefined, ['v1']]);
  });

  it('is gone when the lifetime is over', async () => {
    const { send, platform, clock } = await opened();
    await send(add('v1'), { settings: { ttl_hours: 1 } });
    expect(platform.members('hikers')).toEqual(['v1']);
    await clock.sleep(3_600_000);
    expect(platform.members('hikers')).toEqual([]);
  });
});

describe('the platform', () => {
  it('takes an unread body, and what it cannot read is gone without a word', async () => {
    const { platform } = await opened();
    platform.takeMaps(Buffer.from('{"v1":'), 1);
    platform.takeMaps(Buffer.from('{"v1":true,"v2":{"f":1}}'), 1);
    expect([platform.members('f'), platform.dropped]).toEqual([['v2'], 2]);
  });

  it('refuses the user agents of bots and libraries, once and for all', async () => {
    const { send, clock } = await opened();
    for (const user_agent of ['ecluse-bot', 'node', 'axios/1.7']) {
      const report = await send(add('v1'), { settings: { user_agent }, credentials: {} });
      expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    }
    expect(clock.sleptMs).toEqual([]);
  });

  it('takes data without a token where the project asks for none', async () => {
    const { send, requests } = await opened({ requiresToken: false });
    expect(await send(add('v1'), { credentials: {} })).toMatchObject({ status: 'delivered' });
    expect(requests.map(({ operation }) => operation)).toEqual(['maps']);
    expect(requests[0]?.url.search).toBe(`?siteCode=${SANDBOX_SITE_CODE}&ttlHours=2208`);
  });

  it.each([[{}], [{ client_id: 'sandbox', client_secret: 'wrong' }]])(
    'that asks for a token refuses the credentials %j at once',
    async (credentials) => {
      const { send, clock } = await opened();
      expect(await send(add('v1'), { credentials })).toMatchObject({
        status: 'failed',
        failure: { code: 'authentication' },
      });
      expect(clock.sleptMs).toEqual([]);
    },
  );

  it.each(['client_id', 'client_secret'])('is not spoken to with a %s alone', (name) => {
    expect(() => validateSettings(kameleoon, { settings: base, credentials: { [name]: 'x' } })).toThrow('/credentials');
  });
});
