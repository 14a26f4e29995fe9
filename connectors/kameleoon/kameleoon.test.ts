// The Kameleoon destination against a server that speaks its Data API.
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { kameleoon } from './destination.ts';
import { SANDBOX_CLIENT, SANDBOX_SITE_CODE, startKameleoonSandbox } from './sandbox.ts';

const PROCESSING_MS = 3_000;

describeConformance({
  destination: kameleoon,
  erasure: 'erased',
  idAt: (index) => `visitor-${index}`,
  invalidIds: ['', ' ', 'two\nlines', 'x'.repeat(101), '\ud800'],
  invalidSettings: [
    { change: { site_code: 'short' }, pointer: '/settings/site_code' },
    { change: { field: undefined }, pointer: '/settings/field' },
    { change: { field: ' ' }, pointer: '/settings/field' },
    { change: { field: 'x'.repeat(1_025) }, pointer: '/settings/field' },
    { change: { ttl_hours: 8_785 }, pointer: '/settings/ttl_hours' },
    { change: { ttl_hours: 0 }, pointer: '/settings/ttl_hours' },
    { change: { removal: 'none' }, pointer: '/settings/removal' },
    { change: { user_agent: 'a\r\nb' }, pointer: '/settings/user_agent' },
    { change: { key_prefix: 'a b' }, pointer: '/settings/key_prefix' },
    { change: { max_keys_per_request: 5_001 }, pointer: '/settings/max_keys_per_request' },
    { change: { api_url: 'http://eu-data.kameleoon.io' }, pointer: '/settings/api_url' },
  ],
  start: async (clock: FakeClock) => {
    const sandbox = await startKameleoonSandbox({ clock, processingMs: PROCESSING_MS });
    return {
      settings: {
        ...{ api_url: sandbox.url, token_url: sandbox.tokenUrl, site_code: SANDBOX_SITE_CODE },
        ...{ field: 'hikers', max_keys_per_request: 30 },
      },
      credentials: { ...SANDBOX_CLIENT },
      members: async () => {
        await clock.sleep(PROCESSING_MS);
        return sandbox.platform.members('hikers');
      },
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('broken'),
          () => sandbox.inject({ operation: 'maps', kind: 'reset' }),
          () => sandbox.inject({ operation: 'maps', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'maps', kind: 'answer', answer: { status: 503 }, times: 2 }),
          () => sandbox.inject({ operation: 'token', kind: 'answer', answer: { status: 500 } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        authExpiry: () => sandbox.fail('unauthenticated', { skip: 1 }),
        permanent: () => sandbox.inject({ operation: 'maps', kind: 'answer', answer: { status: 403 } }),
      },
    };
  },
});
