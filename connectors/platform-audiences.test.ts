// Audiences on platforms: listed, made once under a name, chosen by an id, and filled by the next delivery.
import { describe, expect, it } from 'vitest';
import { systemClock } from './kit/clock.ts';
import type { FakeClock } from './kit/conformance-world.ts';
import { deliverOptions, ProgressStore } from './kit/conformance-world.ts';
import { validateSettings } from './kit/define-destination.ts';
import { deliver, testDestination } from './kit/deliver.ts';
import { listPlatformAudiences, pickPlatformAudience } from './kit/platform-audiences.ts';
import { findDestination, listDestinations } from './registry.ts';
import { type SandboxKind, startSandbox } from './sandbox-registry.ts';

/** Settings by which the account is named, where a delivery alone does not need it. */
const MAKES: readonly (readonly [SandboxKind, Record<string, string>])[] = [
  ['xandr', {}],
  ['meta', { ad_account_id: '1234567890' }],
  ['google-data-manager', {}],
  ['tiktok', {}],
  ['snap', { ad_account_id: 'a1b2c3' }],
  ['linkedin', { account_id: '507' }],
  ['the-trade-desk-crm', {}],
  ['microsoft-ads', {}],
  ['google-ads-legacy', {}],
];
const PICKS: readonly (readonly [SandboxKind, Record<string, string>])[] = [['pinterest', {}]];

async function opened(kind: SandboxKind, account: Record<string, string>) {
  const sandbox = await startSandbox(kind);
  const destination = findDestination(kind)!;
  const { [destination.audienceSetting!]: _audience, ...settings } = { ...sandbox.settings, ...account };
  const unused = () => Promise.reject(new Error('unused'));
  const exchange = {
    clock: systemClock as FakeClock,
    subject: { destination, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      ...{ settings, credentials: sandbox.credentials, faults: { permanent: () => undefined } },
      ...{ members: unused, traffic: unused, close: unused },
    },
  };
  const options = deliverOptions(exchange, new ProgressStore('dlv_1', systemClock), [
    { id: sandbox.sampleId ?? '4711', change: 'add' },
  ]);
  return { sandbox, destination, options };
}

describe.each(MAKES)('%s', (kind, account) => {
  it('makes an audience once under its name, lists all of them, and fills the one that is chosen', async () => {
    const { sandbox, destination, options } = await opened(kind, account);
    const before = await listPlatformAudiences(destination, options);
    const made = [];
    for (const name of ['hikers', 'cyclists', 'divers'])
      made.push(await pickPlatformAudience(destination, options, { name }));
    expect(made.map(({ name }) => name)).toEqual(['hikers', 'cyclists', 'divers']);
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect(await listPlatformAudiences(destination, options)).toEqual([...before, ...made]);
    expect(await pickPlatformAudience(destination, options, { name: 'divers' })).toEqual(made[2]);
    expect(await pickPlatformAudience(destination, options, { id: made[1]!.id })).toEqual(made[1]);
    await expect(pickPlatformAudience(destination, options, { id: '1' })).rejects.toMatchObject({ code: 'rejected' });
    const isNumber = destination.settingFields[destination.audienceSetting!]!.type === 'integer';
    const chosen = isNumber ? Number(made[1]!.id) : made[1]!.id;
    const settings = { ...(options.settings as object), [destination.audienceSetting!]: chosen };
    expect(await deliver(destination, { ...options, settings })).toMatchObject({ status: 'delivered', added: 1 });
    await sandbox.close();
  });

  it('is tried without an audience by asking for them, and filled by nobody before one is chosen', async () => {
    const { sandbox, destination, options } = await opened(kind, account);
    await expect(testDestination(destination, options)).resolves.toBeUndefined();
    await expect(deliver(destination, options)).rejects.toThrow(`/settings/${destination.audienceSetting}`);
    await sandbox.close();
  });
});

describe.each(PICKS)('%s', (kind, account) => {
  it('lists audiences, and says that they are made on the platform', async () => {
    const { sandbox, destination, options } = await opened(kind, account);
    expect(await listPlatformAudiences(destination, options)).toEqual([]);
    await expect(pickPlatformAudience(destination, options, { name: 'hikers' })).rejects.toThrow('make it there');
    await sandbox.close();
  });
});

describe('an account that the settings do not name', () => {
  it.each(['meta', 'snap', 'linkedin'] as const)('of %s is asked for, and nothing is made', async (kind) => {
    const { sandbox, destination, options } = await opened(kind, {});
    await expect(pickPlatformAudience(destination, options, { name: 'a' })).rejects.toMatchObject({ code: 'rejected' });
    await sandbox.close();
  });
});

it('a destination without audiences to choose is not asked for any, and every setting of one is declared', async () => {
  for (const destination of listDestinations()) {
    const { audienceSetting: name } = destination;
    if (name !== undefined) expect(destination.settingFields[name]).toBeDefined();
  }
  const file = findDestination('file')!;
  expect(() => validateSettings(file, { settings: {}, credentials: {} }, { audienceMayWait: true })).toThrow(
    '/settings/folder',
  );
});
