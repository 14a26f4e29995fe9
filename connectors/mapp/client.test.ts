// Mapp beyond the conformance suite: events, tokens that stand for a whole request, and the ways to leave.
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { checkFields } from '../kit/settings.ts';
import { mapp } from './destination.ts';
import { userEvent } from './payload.ts';
import {
  type MappSandbox,
  type MappSandboxOptions,
  SANDBOX_INTEGRATION_ID,
  SANDBOX_SECRET,
  startMappSandbox,
} from './sandbox.ts';
import { type MappSettings, settingFields } from './settings.ts';
import { isRequestToken, requestHash, requestToken } from './token.ts';

let sandbox: MappSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const GROUP = '2324333335';
const base = { integration_id: SANDBOX_INTEGRATION_ID, group: GROUP };
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const settingsWith = (changed: Record<string, unknown> = {}): MappSettings =>
  checkFields(settingFields, { api_url: 'https://mapp.example/charon/api/v1', ...base, ...changed }).values as never;
const add = (...ids: string[]): ActivationChange[] => ids.map((id) => ({ id, change: 'add' }));
const remove = (...ids: string[]): ActivationChange[] => ids.map((id) => ({ id, change: 'remove' }));

async function opened(platform: MappSandboxOptions = {}) {
  const clock = new FakeClock();
  const started = await startMappSandbox({ clock, processingMs: 0, ...platform });
  sandbox = started;
  const unused = () => Promise.reject(new Error('unused'));
  const subject = { destination: mapp, idAt: String, invalidIds: [], invalidSettings: [], start: unused };
  const send = (changes: readonly ActivationChange[], settings = {}, secret = SANDBOX_SECRET) => {
    const world = {
      ...{ settings: { ...base, api_url: started.apiUrl, ...settings }, credentials: { secret } },
      faults: { permanent: () => undefined },
      ...{ members: unused, traffic: unused, close: unused },
    };
    return deliverToEnd({ clock, subject, world }, new ProgressStore('dlv_1', clock), changes);
  };
  return { clock, send, platform: started.platform, requests: started.requests };
}

describe('an event', () => {
  it.each([
    ['add-to-group', false, {}],
    ['delete', true, {}],
    ['unsubscribe', true, { removal: 'unsubscribe' }],
    ['attribute-true', false, { removal: 'attribute', attribute: 'hikers', id_field: 'customerId' }],
    ['attribute-false', true, { removal: 'attribute', attribute: 'hikers', id_field: 'customerId' }],
  ] as const)('is that of %s', (name, isRemoval, changed) => {
    expect(userEvent('4711', isRemoval, settingsWith(changed))).toEqual(fixture(name));
  });
});

describe('a token', () => {
  const nowMs = 1_900_000_000_000;
  const body = Buffer.from('[{"identifier":"1"},{"identifier":"2"}]');
  const request = { path: '/charon/api/v1/integration/7/event', body, query: 'subtype=user' };
  const sign = (changed: Partial<typeof request> = {}) =>
    requestToken({ ...request, ...changed }, { secret: 's', nowMs });
  const isTaken = (token: string, changed: Partial<typeof request> = {}, atMs = nowMs) =>
    isRequestToken(token, { ...request, ...changed }, { secret: 's', nowMs: atMs });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('holds the SHA-1 of path, body and query, from /api/v on, without the parts that are empty', () => {
    const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
    expect(requestHash(request)).toBe(sha1(`/api/v1/integration/7/event|${body}|subtype=user`));
    expect(requestHash({ path: '/charon/api/v1/integration/7/ping', query: '' })).toBe(
      sha1('/api/v1/integration/7/ping'),
    );
    expect(requestHash({ path: '/api/v1/x', query: 'a=b' })).toBe(sha1('/api/v1/x|a=b'));
  });

  it('says HS256 and ends after ten minutes, in milliseconds', () => {
    const [header, claims, ...rest] = sign().split('.');
    const decoded = (text = '') => JSON.parse(Buffer.from(text, 'base64url').toString());
    expect(decoded(header)).toEqual({ alg: 'HS256' });
    expect(decoded(claims)).toEqual({ 'request-hash': requestHash(request), exp: nowMs + 600_000 });
    expect(rest).toHaveLength(1);
  });

  it('is base64url throughout, whatever its bytes', () => {
    for (let at = 0; at < 200; at++) expect(sign({ query: `n=${at}` })).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('stands for the whole body: a change in its last event is noticed', () => {
    const changed = Buffer.from(body.toString().replace('"2"', '"3"'));
    expect([isTaken(sign()), isTaken(sign(), { body: changed })]).toEqual([true, false]);
  });

  it('stands for no other path, query or time, and no other secret', () => {
    expect(isTaken(sign({ query: 'subtype=email' }))).toBe(false);
    expect(isTaken(sign({ path: '/api/v1/integration/8/event' }))).toBe(false);
    expect([isTaken(sign(), {}, nowMs + 599_999), isTaken(sign(), {}, nowMs + 600_000)]).toEqual([true, false]);
    expect(isTaken(requestToken(request, { secret: 't', nowMs }))).toBe(false);
  });

  it('whose algorithm is none or another is refused', () => {
    const claims = part({ 'request-hash': requestHash(request), exp: nowMs + 600_000 });
    expect(isTaken(`${part({ alg: 'none' })}.${claims}.`)).toBe(false);
    const other = `${part({ alg: 'HS512' })}.${claims}`;
    expect(isTaken(`${other}.${createHmac('sha256', 's').update(other).digest('base64url')}`)).toBe(false);
  });
});

describe('a contact', () => {
  it.each(['delete', 'unsubscribe'])('leaves the group with the flag %s', async (removal) => {
    const { send, platform } = await opened();
    await send(add('1', '2'), { removal });
    await send(remove('1'), { removal });
    expect(platform.members(GROUP)).toEqual(['2']);
  });

  it('keeps its group where an attribute alone says who is in the audience', async () => {
    const { send, platform } = await opened();
    const settings = { removal: 'attribute', attribute: 'hikers' };
    await send(add('1'), settings);
    await send(remove('1'), settings);
    expect([platform.members(GROUP), platform.attributesOf('1')]).toEqual([['1'], { hikers: 'false' }]);
  });

  it.each(['delete', 'unsubscribe', 'attribute'])(
    'who asked to be erased is deleted, also where removal is %s',
    async (removal) => {
      const { send, platform } = await opened();
      const settings = { removal, attribute: 'hikers' };
      await send(add('1', '2'), settings);
      const report = await send([{ id: '1', change: 'remove', erase: true }], settings);
      expect(report).toMatchObject({ status: 'delivered', removed: 1, erasure: 'erased' });
      expect([platform.erased, platform.attributesOf('1')]).toEqual([['1'], {}]);
    },
  );

  it('stays a contact where an erasure is to do no more than a removal, and the report says so', async () => {
    const { send, platform } = await opened();
    await send(add('1'));
    const report = await send([{ id: '1', change: 'remove', erase: true }], { erasure: 'removal' });
    expect([report.erasure, platform.erased, platform.members(GROUP)]).toEqual(['removed_only', [], []]);
  });

  it('is sent alone where the integration takes no lists', async () => {
    const { send, platform, requests } = await opened({ takesLists: false });
    expect(await send(add('1', '2'))).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(await send(add('1', '2'), { body_form: 'single' })).toMatchObject({ status: 'delivered', added: 2 });
    expect([platform.members(GROUP), requests.length]).toEqual([['1', '2'], 3]);
  });
});

describe('authentication', () => {
  it('may use another header', async () => {
    const { send } = await opened();
    expect(await send(add('1'), { auth_header: 'Authorization' })).toMatchObject({ status: 'delivered' });
  });

  it('with a wrong secret ends the delivery at once', async () => {
    const { send, clock, requests } = await opened();
    const report = await send(add('1'), {}, 'wrong');
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
    expect([clock.sleptMs, requests.length]).toEqual([[], 1]);
  });
});
