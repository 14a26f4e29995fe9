// Snap's destination against a server that speaks customer lists, and its calls against fixtures.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { release, unreleased } from '../../policies/release.ts';
import { sampleRecordedAllow } from '../../policies/testing/sample-decisions.ts';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { SANDBOX_CREDENTIALS } from '../customer-list/sandbox-ground.ts';
import { FakeClock, inBatches, ProgressStore } from '../kit/conformance-world.ts';
import { deliver } from '../kit/deliver.ts';
import { PermanentError } from '../kit/errors.ts';
import { checkFields } from '../kit/settings.ts';
import { snap } from './destination.ts';
import { snapProtocol } from './payload.ts';
import { startSnapSandbox } from './sandbox.ts';
import { type SnapSettings, settingFields } from './settings.ts';

describeListConformance({
  destination: snap,
  list: '5677923948298240',
  start: startSnapSandbox,
  settings: ({ url, tokenUrl }) => ({
    ...{ api_url: url, token_url: tokenUrl, segment_id: '5677923948298240' },
    ...{ data_type: 'email', ids_per_call: 30 },
  }),
  rowCode: 'not_uploaded',
  invalidSettings: [
    { change: { segment_id: undefined }, pointer: '/settings/segment_id' },
    { change: { segment_id: '../users' }, pointer: '/settings/segment_id' },
    { change: { data_type: 'customer' }, pointer: '/settings/data_type' },
    { change: { token_url: 'http://accounts.snapchat.com' }, pointer: '/settings/token_url' },
    { change: { ids_per_call: 100_001 }, pointer: '/settings/ids_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string) =>
  snapProtocol(checkFields(settingFields, { segment_id: '1', data_type }).values as unknown as SnapSettings);
const rowsOf = (...ids: string[]) => ids.map((id) => ({ id, consent: undefined }));

describe('a call to Snap', () => {
  // Phone +1 650 555 1212 as digits alone, without its plus.
  const PHONE = 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176';

  it.each([
    ['phone', 'phone', PHONE],
    ['mobile-id-in-lower-case', 'mobile-advertising-id', 'AEBE52E7-03EE-455A-B3C4-E57283966239'],
  ] as const)('has the body of %s, by POST or by DELETE', (name, data_type, id) => {
    const calls = [false, true].map((isRemoval) => protocolOf(data_type).change({ isRemoval, rows: rowsOf(id) }));
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    for (const { body } of calls) expect(body).toEqual(fixture(name));
  });

  it('carries phones as digits, whatever stood before them', () => {
    const profile = { name: 'snap@2026-06', kind: 'phone' } as const;
    for (const typed of ['+1 (650) 555-1212', '001 650 555 1212']) {
      expect(platformDigest(profile, typed, { defaultCountry: 'DE' })).toEqual({ ok: true, digest: PHONE });
    }
  });
});

describe('a delivery to Snap', () => {
  it('of mobile ids brings digests there and takes them away again, and nobody for an id of zeros', async () => {
    const clock = new FakeClock();
    const sandbox = await startSnapSandbox({ clock });
    const { url: api_url, tokenUrl: token_url, lists } = sandbox;
    const settings = { api_url, token_url, segment_id: '1', data_type: 'mobile-advertising-id' };
    const [phone, nobody] = ['38400000-8cf0-11bd-b23e-10b96e40000d', '00000000-0000-0000-0000-000000000000'];
    const send = (change: 'add' | 'remove', name: string) => {
      const options = {
        ...{ settings, credentials: SANDBOX_CREDENTIALS, clock, random: () => 0.5 },
        ...{ network: { allowedAddresses: ['127.0.0.1/32'] }, signal: new AbortController().signal },
      };
      const store = new ProgressStore(name, clock);
      const changes = [phone, nobody].map((id) => ({ id, change }));
      const released = release(unreleased(inBatches(changes)), sampleRecordedAllow());
      return deliver(snap, { ...options, changes: released, progress: store.progress, save: store.save });
    };
    expect(await send('add', 'dlv_1')).toMatchObject({ added: 1, invalid: { id_invalid: 1 } });
    expect(lists.members('1')).toEqual([createHash('sha256').update(phone).digest('hex')]);
    expect(await send('remove', 'dlv_2')).toMatchObject({ removed: 1 });
    expect(lists.members('1')).toEqual([]);
    await sandbox.close();
  });
});

describe('an answer of Snap', () => {
  const { rejected, refusal } = protocolOf('email');
  const call = { isRemoval: false, rows: rowsOf(digestAt(0), digestAt(1), digestAt(2)) };
  const said = (...users: object[]) => ({ status: 200, body: { request_status: 'SUCCESS', users } });

  it('speaks of the one element that was sent, not of its rows', () => {
    const answer = said({ sub_request_status: 'SUCCESS', user: { number_uploaded_users: 2 } });
    expect(refusal(answer)).toBeUndefined();
    expect(rejected(answer, call)).toEqual({ not_uploaded: 1 });
    expect(rejected(said({ sub_request_status: 'SUCCESS' }), call)).toEqual({});
  });

  it('with a failed element is a refusal although its status is 200', () => {
    expect(refusal(said({ sub_request_status: 'ERROR' }))).toBeInstanceOf(PermanentError);
    expect(refusal({ status: 200, body: { request_status: 'success' } })).toBeUndefined();
  });
});
