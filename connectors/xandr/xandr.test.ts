// Xandr's destination against a server that speaks the Batch Segment Service.
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { xandr } from './destination.ts';
import { startXandrSandbox } from './sandbox.ts';

const unknown = new Set<string>();

describeConformance({
  destination: xandr,
  idAt: (index) => String(10_000_000_000_000_000_000n + BigInt(index)),
  invalidIds: ['0', '', '-1', '18446744073709551616', '007', '1e3', 'AEBE52E7-03EE-455A-B3C4-E57283966239', '12 34'],
  invalidSettings: [
    { change: { member_id: '456' }, pointer: '/settings/member_id' },
    { change: { member_id: undefined }, pointer: '/settings/member_id' },
    { change: { segment_id: 1.5 }, pointer: '/settings/segment_id' },
    { change: { segment_id: undefined }, pointer: '/settings/segment_id' },
    { change: { segment_code: 'both' }, pointer: '/settings/segment_code' },
    { change: { separator_1: '$' }, pointer: '/settings/separator_1' },
    { change: { separator_2: ';' }, pointer: '/settings/separator_2' },
    { change: { segment_fields: ['SEG_ID', 'SEG_CODE'] }, pointer: '/settings/segment_fields' },
    { change: { segment_fields: ['SEG_ID', 'VALUE'] }, pointer: '/settings/removal' },
    { change: { id_type: 'mobile-advertising-id' }, pointer: '/settings/device_domain' },
    { change: { max_file_bytes: 500_000_001 }, pointer: '/settings/max_file_bytes' },
    { change: { api_url: 'http://api.appnexus.com' }, pointer: '/settings/api_url' },
    { change: { api_url: 'https://user:pass@api.appnexus.com' }, pointer: '/settings/api_url' },
  ],
  start: async (clock: FakeClock) => {
    unknown.clear();
    const sandbox = await startXandrSandbox({ clock, isKnownUser: (uid) => !unknown.has(uid), segments: ['10000'] });
    return {
      settings: { api_url: sandbox.url, member_id: 456, segment_id: 10000, max_file_bytes: 1_000 },
      credentials: { username: 'sandbox', password: 'sandbox' },
      members: async () => sandbox.members(10000),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.inject({ operation: 'open', kind: 'answer', answer: { status: 502 } }),
          () => sandbox.fail({ kind: 'system' }),
          () => sandbox.inject({ operation: 'upload', kind: 'reset' }),
          () => sandbox.inject({ operation: 'upload', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'poll', kind: 'reset', times: 2 }),
          () => sandbox.inject({ operation: 'auth', kind: 'answer', answer: { status: 503 } }),
          () => sandbox.inject({ operation: 'poll', kind: 'answer', answer: { status: 200, body: '<html>' } }),
        ],
        throttle: () => sandbox.fail({ kind: 'throttle' }),
        authExpiry: () => sandbox.fail({ kind: 'noauth', skip: 1 }),
        quota: () => sandbox.fail({ kind: 'quota' }),
        permanent: () => sandbox.inject({ operation: 'open', kind: 'answer', answer: { status: 400 } }),
        rejectRows: (ids) => {
          for (const id of ids) unknown.add(id);
          return 'num_invalid_user';
        },
      },
    };
  },
});
