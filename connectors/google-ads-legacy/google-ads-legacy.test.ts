// The legacy Google Ads destination against a server that speaks offline user data jobs.
import { createHash } from 'node:crypto';
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { googleAdsLegacy } from './destination.ts';
import { startGoogleAdsSandbox } from './sandbox.ts';

const refused = new Set<string>();
const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');

describeConformance({
  destination: googleAdsLegacy,
  idAt,
  invalidIds: [
    '',
    '+18005550100',
    idAt(1).toUpperCase(),
    Buffer.from(idAt(1), 'hex').toString('base64'),
    `${idAt(1)}0`,
  ],
  invalidSettings: [
    { change: { customer_id: '123-456-7890' }, pointer: '/settings/customer_id' },
    { change: { customer_id: undefined }, pointer: '/settings/customer_id' },
    { change: { login_customer_id: 'manager' }, pointer: '/settings/login_customer_id' },
    { change: { user_list_id: 777 }, pointer: '/settings/user_list_id' },
    { change: { api_version: '25' }, pointer: '/settings/api_version' },
    { change: { data_type: 'ppid' }, pointer: '/settings/data_type' },
    { change: { max_operations_per_job: 100_001 }, pointer: '/settings/max_operations_per_job' },
  ],
  start: async (clock: FakeClock) => {
    refused.clear();
    const isValidMember = (id: string): boolean => !refused.has(id);
    const sandbox = await startGoogleAdsSandbox({ clock, processingMs: 3_000, userLists: ['777'], isValidMember });
    return {
      settings: {
        ...{ api_url: sandbox.url, token_url: sandbox.tokenUrl, customer_id: '1234567890', login_customer_id: '99' },
        ...{ user_list_id: '777', data_type: 'email', max_operations_per_job: 30 },
      },
      credentials: {
        ...{ developer_token: 'sandbox', client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' },
      },
      members: async () => sandbox.platform.members('777'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('unavailable'),
          () => sandbox.fail('concurrent'),
          () => sandbox.fail('concurrent', { operation: 'run' }),
          () => sandbox.inject({ operation: 'create', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'add', kind: 'reset' }),
          () => sandbox.inject({ operation: 'run', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'search', kind: 'answer', answer: { status: 200, body: '' } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        authExpiry: () => sandbox.fail('unauthenticated', { skip: 1 }),
        quota: () => sandbox.fail('quota'),
        permanent: () => sandbox.inject({ operation: 'create', kind: 'answer', answer: { status: 403 } }),
        rejectRows: (ids) => {
          for (const id of ids) refused.add(id);
          return 'INVALID_SHA256_FORMAT';
        },
      },
    };
  },
});
