// The conformance suite for destinations that fill a customer list: the ground they play on differs in words alone.
import { createHash } from 'node:crypto';
import { describeConformance } from '../kit/conformance.ts';
import type { ConformanceSubject, FakeClock, WorldFaults } from '../kit/conformance-world.ts';
import type { Destination } from '../kit/define-destination.ts';
import { type ListSandbox, type ListSandboxOptions, SANDBOX_CREDENTIALS } from './sandbox-ground.ts';

export const digestAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');

export function describeListConformance(subject: {
  destination: Destination;
  list: string;
  start(options: ListSandboxOptions): Promise<ListSandbox>;
  /** Filled by digests of e-mails, in calls of 30. */
  settings(sandbox: ListSandbox): Record<string, unknown>;
  credentials?: Record<string, string>;
  invalidSettings: ConformanceSubject['invalidSettings'];
  /** Under which code the platform leaves out a row; absent when it never does. */
  rowCode?: string;
}): void {
  const { destination, list, rowCode, credentials = SANDBOX_CREDENTIALS } = subject;
  const refused = new Set<string>();
  describeConformance({
    destination,
    idAt: digestAt,
    invalidIds: [
      '',
      'alexz@example.com',
      digestAt(1).toUpperCase(),
      Buffer.from(digestAt(1), 'hex').toString('base64'),
      `${digestAt(1)}0`,
      ` ${digestAt(1)}`,
    ],
    invalidSettings: subject.invalidSettings,
    start: async (clock: FakeClock) => {
      refused.clear();
      const sandbox = await subject.start({ clock, lists: [list], isTaken: (id) => !refused.has(id) });
      return {
        settings: subject.settings(sandbox),
        credentials,
        members: async () => sandbox.lists.members(list),
        traffic: async () => sandbox.requests.length,
        close: () => sandbox.close(),
        faults: faultsOf(sandbox, { destination, rowCode, refused }),
      };
    },
  });
}

function faultsOf(
  sandbox: ListSandbox,
  of: { destination: Destination; rowCode: string | undefined; refused: Set<string> },
): WorldFaults {
  const { rowCode } = of;
  const rejectRows = (ids: readonly string[]): string => {
    for (const id of ids) of.refused.add(id);
    return rowCode ?? '';
  };
  return {
    retry: [
      () => sandbox.fail('unavailable'),
      () => sandbox.inject({ operation: 'change', kind: 'reset' }),
      () => sandbox.inject({ operation: 'change', kind: 'reset-after' }),
      () => sandbox.inject({ operation: 'change', kind: 'answer', answer: { status: 200, body: '<html>' } }),
      () => sandbox.inject({ operation: 'token', kind: 'answer', answer: { status: 502 } }),
    ],
    throttle: () => sandbox.fail('throttled'),
    ...(of.destination.authentication === 'token'
      ? { authExpiry: () => sandbox.fail('unauthorised', { skip: 1 }) }
      : {}),
    permanent: () => sandbox.inject({ operation: 'change', kind: 'answer', answer: { status: 403 } }),
    ...(rowCode === undefined ? {} : { rejectRows }),
  };
}
