// A destination as a tenant configured it. Its credentials are not here: they rest among the wrapped keys.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { KeySubject } from '../keys/key-store.ts';

export interface ConfiguredDestination {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly deletedAt: string | null;
  readonly lastTestedAt: string | null;
  readonly lastTestOutcome: string | null;
}

export const destinations = recordStore('destinations', {
  noun: 'destination',
  mapping: rowMapping<ConfiguredDestination>(['settings']),
});

export function credentialsKey(destination: Pick<ConfiguredDestination, 'id' | 'tenantId'>): KeySubject {
  return { purpose: 'credential', ownerId: destination.tenantId, objectId: destination.id };
}
