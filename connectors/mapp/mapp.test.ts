// The Mapp destination against a server that speaks Mapp Connect.
import { describeConformance } from '../kit/conformance.ts';
import type { FakeClock } from '../kit/conformance-world.ts';
import { mapp } from './destination.ts';
import { SANDBOX_INTEGRATION_ID, SANDBOX_SECRET, startMappSandbox } from './sandbox.ts';

const PROCESSING_MS = 3_000;
const GROUP = '2324333335';

describeConformance({
  destination: mapp,
  erasure: 'erased',
  idAt: (index) => `contact-${index}`,
  invalidIds: ['', ' ', 'two\nlines', 'x'.repeat(256), '\ud800'],
  invalidSettings: [
    { change: { api_url: 'https://jamie.g.shortest-route.com/charon' }, pointer: '/settings/api_url' },
    { change: { api_url: 'http://jamie.g.shortest-route.com/charon/api/v1' }, pointer: '/settings/api_url' },
    { change: { integration_id: '../group' }, pointer: '/settings/integration_id' },
    { change: { group: undefined }, pointer: '/settings/group' },
    { change: { group: 'hikers' }, pointer: '/settings/group' },
    { change: { removal: 'attribute' }, pointer: '/settings/attribute' },
    { change: { attribute: 'identifier' }, pointer: '/settings/attribute' },
    { change: { id_field: 'delete' }, pointer: '/settings/id_field' },
    { change: { auth_header: 'a: b' }, pointer: '/settings/auth_header' },
    { change: { body_form: 'list' }, pointer: '/settings/body_form' },
    { change: { max_events_per_request: 1_001 }, pointer: '/settings/max_events_per_request' },
  ],
  start: async (clock: FakeClock) => {
    const sandbox = await startMappSandbox({ clock, processingMs: PROCESSING_MS, groups: [GROUP] });
    return {
      settings: {
        ...{ api_url: sandbox.apiUrl, integration_id: SANDBOX_INTEGRATION_ID },
        ...{ group: GROUP, max_events_per_request: 30 },
      },
      credentials: { secret: SANDBOX_SECRET },
      members: async () => {
        await clock.sleep(PROCESSING_MS);
        return sandbox.platform.members(GROUP);
      },
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('broken'),
          () => sandbox.inject({ operation: 'event', kind: 'reset' }),
          () => sandbox.inject({ operation: 'event', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'event', kind: 'answer', answer: { status: 503 }, times: 2 }),
        ],
        throttle: () => sandbox.fail('throttle'),
        permanent: () => sandbox.inject({ operation: 'event', kind: 'answer', answer: { status: 400 } }),
      },
    };
  },
});
