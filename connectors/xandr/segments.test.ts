// The segments of a Xandr member: which are shown, what making one sends, and when none is chosen.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverOptions, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { isAudienceChosen, validateSettings } from '../kit/define-destination.ts';
import { listPlatformAudiences, pickPlatformAudience } from '../kit/platform-audiences.ts';
import { SettingsError } from '../kit/settings.ts';
import { xandr } from './destination.ts';
import { startXandrSandbox, type XandrSandbox } from './sandbox.ts';

let sandbox: XandrSandbox;
const clock = new FakeClock();
beforeEach(async () => {
  sandbox = await startXandrSandbox({ clock });
});
afterEach(() => sandbox.close());

const credentials = { username: 'sandbox', password: 'sandbox' };
function options(settings: Record<string, unknown> = {}) {
  const unused = () => Promise.reject(new Error('unused'));
  const exchange = {
    clock,
    subject: { destination: xandr, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      ...{ settings: { api_url: sandbox.url, member_id: 456, ...settings }, credentials },
      ...{ faults: { permanent: () => undefined }, members: unused, traffic: unused, close: unused },
    },
  };
  return deliverOptions(exchange, new ProgressStore('dlv_1', clock), []);
}
const seen = (operation: string) => sandbox.requests.filter((request) => request.operation === operation);
const shows = (segments: readonly unknown[]) => {
  const body = JSON.stringify({ response: { status: 'OK', segments } });
  sandbox.inject({ operation: 'list', kind: 'answer', answer: { status: 200, body } });
};

describe('the segments of a member', () => {
  it('are its own active ones, by name, by code, or by number', async () => {
    const own = { member_id: 456, state: 'active', short_name: null, code: null };
    shows([
      { ...own, id: 1, short_name: 'hikers', code: 'h' },
      { ...own, id: 2, code: 'cyclists' },
      { ...own, id: 3 },
      { ...own, id: 4, state: 'inactive' },
      { ...own, id: 5, member_id: 457 },
    ]);
    expect(await listPlatformAudiences(xandr, options())).toEqual([
      { id: '1', name: 'hikers' },
      { id: '2', name: 'cyclists' },
      { id: '3', name: '3' },
    ]);
    expect(seen('list')[0]?.url.search).toBe('?member_id=456&include_shared=0&start_element=0&num_elements=100');
  });

  it('are asked for again with a new token, and after a fault of the platform', async () => {
    sandbox.fail({ kind: 'noauth', operation: 'list' });
    sandbox.fail({ kind: 'system', operation: 'list' });
    expect(await listPlatformAudiences(xandr, options())).toEqual([]);
    expect(seen('auth')).toHaveLength(2);
  });

  it('are not shown where there are more than can be', async () => {
    const one = { id: 1, member_id: 456, state: 'active', short_name: 'a' };
    const body = JSON.stringify({ response: { status: 'OK', count: 1_000_000, segments: [one] } });
    sandbox.inject({ operation: 'list', kind: 'answer', times: 300, answer: { status: 200, body } });
    await expect(listPlatformAudiences(xandr, options())).rejects.toThrow('too many segments');
  });
});

describe('a new segment', () => {
  it.each([['batch'], ['streaming']])('of the way %s has a name and no expiration of its own', async (way) => {
    expect(await pickPlatformAudience(xandr, options({ way }), { name: 'Jerseys' })).toEqual({
      ...{ id: '90001', name: 'Jerseys' },
    });
    const [create] = seen('create');
    expect(create?.url.search).toBe('?member_id=456');
    expect(JSON.parse(create!.body.toString('utf8'))).toEqual({
      segment: { member_id: 456, short_name: 'Jerseys', state: 'active', expire_minutes: null },
    });
  });

  it('whose name is too long is not asked for', async () => {
    const wish = { name: 'x'.repeat(256) };
    await expect(pickPlatformAudience(xandr, options(), wish)).rejects.toThrow('longer than 255');
    expect(seen('create')).toEqual([]);
  });
});

describe('a segment that is named by its code', () => {
  const settings = { segment_code: 'hikers', segment_fields: ['SEG_CODE', 'EXPIRATION'] };
  it('is chosen already, and none is chosen beside it', async () => {
    expect(isAudienceChosen(xandr, settings)).toBe(true);
    for (const wish of [{ name: 'hikers' }, { id: '1' }]) {
      await expect(pickPlatformAudience(xandr, options(settings), wish)).rejects.toThrow('segment_code');
    }
    expect(sandbox.requests).toEqual([]);
  });
});

it('a bucket is named its segment at once, since nobody can look for one', () => {
  const settings = { member_id: 456, way: 's3-drop', drop_region: 'eu-west-1' };
  const given = { settings, credentials: { access_key_id: 'a', secret_access_key: 'b' } };
  expect(() => validateSettings(xandr, given, { audienceMayWait: true })).toThrow(SettingsError);
  expect(() => validateSettings(xandr, given, { audienceMayWait: true })).toThrow('/settings/way');
});
