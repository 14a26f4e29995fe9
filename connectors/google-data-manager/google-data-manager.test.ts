// The Data Manager destination against a server that speaks its API.
import { createHash } from 'node:crypto';
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { googleDataManager } from './destination.ts';
import { startDataManagerSandbox } from './sandbox.ts';

const refused = new Set<string>();
const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');

describeConformance({
  destination: googleDataManager,
  idAt,
  invalidIds: [
    '',
    'alexz@example.com',
    idAt(1).toUpperCase(),
    idAt(1).slice(1),
    `${idAt(1)}0`,
    `member?email=${idAt(1)}`,
  ],
  invalidSettings: [
    { change: { account_type: 'GOOGLE' }, pointer: '/settings/account_type' },
    { change: { account_id: '123-456-7890' }, pointer: '/settings/account_id' },
    { change: { audience_id: undefined }, pointer: '/settings/audience_id' },
    { change: { data_type: 'pair-id' }, pointer: '/settings/login_account_type' },
    { change: { login_account_id: '1' }, pointer: '/settings/login_account_type' },
    { change: { linked_account_type: 'GOOGLE_ADS' }, pointer: '/settings/linked_account_id' },
    { change: { encoding: 'hex' }, pointer: '/settings/encoding' },
    { change: { max_members_per_request: 10_001 }, pointer: '/settings/max_members_per_request' },
    { change: { api_url: 'http://datamanager.googleapis.com' }, pointer: '/settings/api_url' },
  ],
  start: async (clock: FakeClock) => {
    refused.clear();
    const sandbox = await startDataManagerSandbox({
      clock,
      processingMs: 3_000,
      audiences: ['777'],
      isValidMember: (id) => !refused.has(id),
    });
    return {
      settings: {
        ...{ api_url: sandbox.url, token_url: sandbox.tokenUrl, account_type: 'GOOGLE_ADS', account_id: '1234567890' },
        ...{ audience_id: '777', data_type: 'email', max_members_per_request: 30 },
      },
      credentials: { client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' },
      members: async () => sandbox.platform.members('777'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('unavailable'),
          () => sandbox.inject({ operation: 'ingest', kind: 'reset' }),
          () => sandbox.inject({ operation: 'ingest', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'ingest', kind: 'answer', answer: { status: 504 } }),
          () => sandbox.inject({ operation: 'token', kind: 'answer', answer: { status: 500 } }),
          () => sandbox.inject({ operation: 'status', kind: 'reset', times: 2 }),
          () => sandbox.inject({ operation: 'status', kind: 'answer', answer: { status: 200, body: '<html>' } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        authExpiry: () => sandbox.fail('unauthenticated', { skip: 1 }),
        quota: () => sandbox.fail('daily-quota'),
        permanent: () => sandbox.inject({ operation: 'ingest', kind: 'answer', answer: { status: 403 } }),
        rejectRows: (ids) => {
          for (const id of ids) refused.add(id);
          return 'INVALID_AUDIENCE_MEMBER';
        },
      },
    };
  },
});
