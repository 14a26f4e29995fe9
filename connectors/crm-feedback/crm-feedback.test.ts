// Flags on a tenant's own records, against a server that imports them: nothing but a record id and a flag is ever written.
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { batchChanges } from '../kit/batches.ts';
import { describeConformance } from '../kit/conformance.ts';
import { inBatches } from '../kit/conformance-world.ts';
import { checkFields } from '../kit/settings.ts';
import { SANDBOX_ACCOUNT, SANDBOX_FOLDER } from '../sftp/sandbox.ts';
import { crmFeedback } from './destination.ts';
import { batchRules, filesOf } from './payload.ts';
import { startCrmFeedbackSandbox } from './sandbox.ts';
import { type CrmFeedbackSettings, settingFields } from './settings.ts';

const { FAILURE, PERMISSION_DENIED } = ssh2.utils.sftp.STATUS_CODE;

describeConformance({
  destination: crmFeedback,
  idAt: (index) => `record "${index}", ü`,
  invalidIds: ['', 'a\nb', '=1+1', '+33612345678', 'x'.repeat(256), 'janedoe@example.com'],
  invalidSettings: [
    { change: { channel: 'fax' }, pointer: '/settings/channel' },
    { change: { flag: 'a,b' }, pointer: '/settings/flag' },
    { change: { host: undefined }, pointer: '/settings/host' },
    { change: { max_rows_per_file: 0 }, pointer: '/settings/max_rows_per_file' },
  ],
  start: async () => {
    const sandbox = await startCrmFeedbackSandbox();
    const folder = SANDBOX_FOLDER.slice(1);
    const server = { host: '127.0.0.1', port: sandbox.port, host_key: sandbox.hostKey, folder };
    return {
      settings: { ...server, channel: 'email', flag: 'hikers', max_rows_per_file: 30 },
      credentials: SANDBOX_ACCOUNT,
      members: async () => sandbox.flagged('hikers'),
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

describe('a file', () => {
  const given = { place: 'folder', folder: 'a', channel: 'sms', flag: 'hikers', record_column: 'contact_key' };
  const settings = checkFields(settingFields, given).values as unknown as CrmFeedbackSettings;
  const changes: ActivationChange[] = [
    { id: '4713', change: 'add', consent: ['advertising', 'personalisation'] },
    { id: '4711, Rue "A"', change: 'add' },
    { id: '4712', change: 'remove' },
  ];

  it('holds record ids and flags, byte for byte, and is named by its channel', async () => {
    for await (const batch of batchChanges(inBatches(changes), batchRules(settings))) {
      const [file] = filesOf(batch, 'dlv_1-00001', settings).files;
      expect(file?.name).toBe('ecluse-sms-dlv_1-00001.csv');
      const fixture = readFileSync(new URL('fixtures/flags-of-three-records.csv', import.meta.url), 'utf8');
      expect(Buffer.concat(file?.bytes ?? []).toString('utf8')).toBe(fixture);
    }
  });
});

describe('the channel', () => {
  it.each([
    ['email', ['email-marketing']],
    ['sms', ['advertising', 'personalisation']],
    ['push', ['advertising', 'personalisation']],
  ] as const)('%s serves %j alone', (channel, purposes) => {
    expect(crmFeedback.purposesServed?.({ channel } as CrmFeedbackSettings)).toEqual(purposes);
  });

  it('gives back own records alone', () => {
    expect([crmFeedback.returnsRecords, crmFeedback.acceptedIdTypes]).toEqual([true, ['customer']]);
  });
});
