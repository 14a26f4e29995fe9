// The Trade Desk destination against a server that speaks the Data API.
import { createHash } from 'node:crypto';
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { theTradeDesk } from './destination.ts';
import { startTradeDeskSandbox } from './sandbox.ts';
import { SANDBOX_LOGIN } from './sandbox-tokens.ts';

const unmapped = new Set<string>();
const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('base64');

describeConformance({
  destination: theTradeDesk,
  erasure: 'erased',
  idAt,
  invalidIds: [
    '',
    'user@example.com',
    createHash('sha256').update('x').digest('hex'),
    idAt(1).slice(1),
    `${idAt(1)}A`,
    idAt(1).replace(/=$/, ''),
    '38400000-8cf0-11bd-b23e-10b96e4ef00d',
  ],
  invalidSettings: [
    { change: { region: 'eu' }, pointer: '/settings/region' },
    { change: { advertiser_id: 'a b' }, pointer: '/settings/advertiser_id' },
    { change: { segment_name: 'x'.repeat(257) }, pointer: '/settings/segment_name' },
    { change: { segment_name: ' ' }, pointer: '/settings/segment_name' },
    { change: { id_name: 'uid2' }, pointer: '/settings/id_name' },
    { change: { ttl_minutes: 0 }, pointer: '/settings/ttl_minutes' },
    { change: { ttl_minutes: 259_201 }, pointer: '/settings/ttl_minutes' },
    { change: { ttl_field: 'ttlInMinutes' }, pointer: '/settings/ttl_field' },
    { change: { removal: 'erase' }, pointer: '/settings/removal' },
    { change: { max_items_per_request: 5_001 }, pointer: '/settings/max_items_per_request' },
    { change: { data_url: 'http://euw-data.adsrvr.org' }, pointer: '/settings/data_url' },
  ],
  start: async (clock: FakeClock) => {
    unmapped.clear();
    const sandbox = await startTradeDeskSandbox({
      clock,
      advertisers: ['adv1'],
      isMapped: (id) => !unmapped.has(id),
    });
    return {
      settings: {
        ...{ data_url: sandbox.url, auth_url: sandbox.url, advertiser_id: 'adv1', segment_name: 'hikers' },
        ...{ id_name: 'UID2', max_items_per_request: 30 },
      },
      credentials: { ...SANDBOX_LOGIN },
      members: async () => sandbox.platform.members('hikers'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('unavailable'),
          () => sandbox.inject({ operation: 'data', kind: 'reset' }),
          () => sandbox.inject({ operation: 'data', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'data', kind: 'answer', answer: { status: 500 }, times: 2 }),
          () => sandbox.inject({ operation: 'data', kind: 'answer', answer: { status: 200, body: '<html>' } }),
          () => sandbox.inject({ operation: 'token', kind: 'answer', answer: { status: 500 } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        authExpiry: () => sandbox.fail('unauthenticated', { skip: 1 }),
        permanent: () => sandbox.inject({ operation: 'data', kind: 'answer', answer: { status: 403 } }),
        rejectRows: (ids) => {
          for (const id of ids) unmapped.add(id);
          return 'UserNotMapped';
        },
      },
    };
  },
});
