// Meta's destination against a server that speaks Custom Audiences.
import { createHash } from 'node:crypto';
import { describeConformance } from '../kit/conformance.ts';
import { meta } from './destination.ts';
import { startMetaSandbox } from './sandbox.ts';

const refused = new Set<string>();
const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');

describeConformance({
  destination: meta,
  idAt,
  invalidIds: ['', 'test@example.com', idAt(1).toUpperCase(), idAt(1).slice(1), `member?email=${idAt(1)}`],
  invalidSettings: [
    { change: { audience_id: 'act_1' }, pointer: '/settings/audience_id' },
    { change: { audience_id: undefined }, pointer: '/settings/audience_id' },
    { change: { data_type: 'uid' }, pointer: '/settings/data_type' },
    { change: { data_type: 'member', member_keys: ['EMAIL'] }, pointer: '/settings/member_keys' },
    { change: { member_keys: ['EMAIL', 'EMAIL'] }, pointer: '/settings/member_keys' },
    { change: { api_version: 'v25' }, pointer: '/settings/api_version' },
    { change: { max_rows_per_call: 10_001 }, pointer: '/settings/max_rows_per_call' },
    { change: { api_url: 'http://graph.facebook.com' }, pointer: '/settings/api_url' },
  ],
  start: async () => {
    refused.clear();
    const sandbox = await startMetaSandbox({ audiences: ['4711'], isValidEntry: (id) => !refused.has(id) });
    return {
      settings: { api_url: sandbox.url, audience_id: '4711', data_type: 'email', max_rows_per_call: 30 },
      credentials: { access_token: 'sandbox' },
      members: async () => sandbox.platform.members('4711'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('transient'),
          () => sandbox.fail('unknown'),
          () => sandbox.inject({ operation: 'add', kind: 'reset' }),
          () => sandbox.inject({ operation: 'add', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'add', kind: 'answer', answer: { status: 502 } }),
          () => sandbox.inject({ operation: 'add', kind: 'answer', answer: { status: 200, body: '<html>' } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        quota: () => sandbox.fail('quota'),
        permanent: () => sandbox.fail('permission'),
        rejectRows: (ids) => {
          for (const id of ids) refused.add(id);
          return 'invalid_entry';
        },
      },
    };
  },
});
