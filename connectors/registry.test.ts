// What must hold for every destination, and that each has a sandbox which it can deliver to as it stands.
import { describe, expect, it } from 'vitest';
import { ACTIVATION_ID_TYPES } from '../identifiers/identifier.ts';
import { systemClock } from './kit/clock.ts';
import type { FakeClock } from './kit/conformance-world.ts';
import { deliverToEnd, ProgressStore } from './kit/conformance-world.ts';
import { validateSettings } from './kit/define-destination.ts';
import { checkFields } from './kit/settings.ts';
import { describeDestination, findDestination, listDestinations } from './registry.ts';
import { isSandboxKind, SANDBOX_KINDS, startSandbox } from './sandbox-registry.ts';

describe('the registry', () => {
  it('knows each kind once, and each has a sandbox', () => {
    const kinds = listDestinations().map(({ kind }) => kind);
    expect([...kinds, 'uid2'].sort()).toEqual([...SANDBOX_KINDS].sort());
    expect(kinds.map((kind) => findDestination(kind)?.kind)).toEqual(kinds);
    expect([findDestination('ftp'), isSandboxKind('ftp'), isSandboxKind('xandr')]).toEqual([undefined, false, true]);
  });

  it.each(listDestinations())('$kind is data: plain, complete and true to its own types', (destination) => {
    const described = describeDestination(destination);
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    expect(destination.acceptedIdTypes.every((type) => ACTIVATION_ID_TYPES.includes(type))).toBe(true);
    for (const field of Object.values({ ...destination.settingFields, ...destination.credentialFields })) {
      expect(field.title.length * field.description.length).toBeGreaterThan(0);
      if (!('default' in field)) continue;
      expect(checkFields({ field }, { field: field.default }).issues).toEqual([]);
    }
  });

  it('keeps secrets among credentials: no setting is one', () => {
    for (const { settingFields } of listDestinations()) {
      expect(Object.values(settingFields).filter(({ type }) => type === 'secret')).toEqual([]);
    }
  });
});

describe('a sandbox', () => {
  it.each(SANDBOX_KINDS.filter((kind) => kind !== 'uid2'))(
    'of %s takes a delivery under the settings it shows',
    async (kind) => {
      const sandbox = await startSandbox(kind);
      const destination = findDestination(kind)!;
      const { settings, credentials, exportRoot, sampleId: id = '4711' } = sandbox;
      expect(() => validateSettings(destination, { settings, credentials })).not.toThrow();
      const received = async () => JSON.stringify(await (await fetch(sandbox.receivedUrl)).json());
      const before = await received();
      const unused = () => Promise.reject(new Error('unused'));
      const exchange = {
        clock: systemClock as FakeClock,
        subject: { destination, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
        world: {
          settings,
          credentials,
          ...(exportRoot === undefined ? {} : { exportRoot }),
          faults: { permanent: () => undefined },
          members: unused,
          traffic: unused,
          close: unused,
        },
      };
      const report = await deliverToEnd(exchange, new ProgressStore('dlv_1', systemClock), [{ id, change: 'add' }]);
      expect(report).toMatchObject({ status: 'delivered', added: 1 });
      expect(await received()).not.toBe(before);
      await sandbox.close();
    },
  );
});
