// Import files for Mapp Engage, against a server that imports them.
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { describeConformance } from '../kit/conformance.ts';
import { checkFields } from '../kit/settings.ts';
import { SANDBOX_ACCOUNT, SANDBOX_FOLDER } from '../sftp/sandbox.ts';
import { batchOf, fixtureText, THREE_CHANGES } from '../testing/fixture.ts';
import { mappEngage } from './destination.ts';
import { batchRules, filesOf } from './payload.ts';
import { startMappEngageSandbox } from './sandbox.ts';
import { type MappEngageSettings, settingFields } from './settings.ts';

const { FAILURE, PERMISSION_DENIED } = ssh2.utils.sftp.STATUS_CODE;

describe.each(['flag', 'file'])('with removal by %s', (removal) => {
  describeConformance({
    destination: mappEngage,
    idAt: (index) => `contact "${index}", ü`,
    invalidIds: ['', 'a\nb', '=1+1', '+33612345678', 'x'.repeat(256)],
    invalidSettings: [
      { change: { id_column: '1st' }, pointer: '/settings/id_column' },
      { change: { place: 's3' }, pointer: '/settings/place' },
      { change: { host: undefined }, pointer: '/settings/host' },
      { change: { max_rows_per_file: 0 }, pointer: '/settings/max_rows_per_file' },
    ],
    start: async () => {
      const sandbox = await startMappEngageSandbox();
      const folder = SANDBOX_FOLDER.slice(1);
      const server = { host: '127.0.0.1', port: sandbox.port, host_key: sandbox.hostKey, folder };
      return {
        settings: { ...server, removal, max_rows_per_file: 30 },
        credentials: SANDBOX_ACCOUNT,
        members: async () => sandbox.contacts(),
        traffic: async () => sandbox.traffic(),
        close: () => sandbox.close(),
        faults: {
          retry: [
            () => sandbox.inject({ at: 'connect' }),
            () => sandbox.inject({ at: 'write' }),
            () => sandbox.inject({ at: 'open', status: FAILURE }),
          ],
          permanent: () => sandbox.inject({ at: 'open', status: PERMISSION_DENIED, times: 9 }),
        },
      };
    },
  });
});

describe('an import file', () => {
  const filesWith = async (removal: string) => {
    const given = { place: 'folder', folder: 'in', removal };
    const settings = checkFields(settingFields, given).values as unknown as MappEngageSettings;
    const { files } = filesOf(await batchOf(THREE_CHANGES, batchRules(settings)), 'dlv_1-00001', settings);
    return Object.fromEntries(files.map(({ name, bytes }) => [name, Buffer.concat(bytes).toString('utf8')]));
  };
  const fixture = (name: string) => fixtureText(import.meta.url, name);

  it('has a flag in each row, as the fixture has it, byte for byte', async () => {
    expect(await filesWith('flag')).toEqual({ 'ecluse-audience-dlv_1-00001.csv': fixture('flags.csv') });
  });

  it('leaves those who go to a file of their own, for an import that unsubscribes', async () => {
    expect(await filesWith('file')).toEqual({
      'ecluse-unsubscribe-dlv_1-00001.csv': fixture('unsubscribe-alone.csv'),
      'ecluse-audience-dlv_1-00001.csv': fixture('audience-alone.csv'),
    });
  });
});
