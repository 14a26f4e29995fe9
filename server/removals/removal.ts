// A removal: persons whom one destination was given are to be taken out there. It has a clock and ends in a receipt.
import type { Erasure } from '../../connectors/kit/report.ts';
import type { RemovalReason } from '../../policies/removal.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { KeySubject } from '../keys/key-store.ts';

export interface Removal {
  readonly id: string;
  /** Whose persons they are. */
  readonly tenantId: string;
  /** Whose destination it is; another tenant where a partner's audience had them. */
  readonly destinationTenantId: string;
  readonly activationId: string;
  readonly audienceId: string;
  readonly destinationId: string;
  readonly destinationKind: string;
  readonly collaborationId: string | null;
  readonly requestKind: string;
  readonly requestId: string;
  readonly reason: RemovalReason;
  /** `failed` is tried again until it is confirmed; `unsupported` and `destination_deleted` need a person. */
  readonly status: 'queued' | 'confirmed' | 'failed' | 'unsupported' | 'destination_deleted';
  readonly jobId: string | null;
  readonly attempts: number;
  readonly report: RemovalReport | null;
  readonly erasure: Erasure | null;
  readonly failure: { readonly code: string; readonly detail: string } | null;
  readonly requestedAt: string;
  readonly dueAt: string;
  readonly confirmedAt: string | null;
  readonly triedAt: string | null;
  readonly receiptEventId: string | null;
}

/** Told only of an audience over an own dataset: over a collaboration the number would say who was matched. */
export interface RemovalReport {
  readonly removed: number;
  readonly rejectedByPlatform: Readonly<Record<string, number>>;
  readonly platformJobs: readonly string[];
}

export const removals = recordStore('removals', {
  noun: 'removal',
  mapping: rowMapping<Removal>(['report', 'failure']),
});

/** Of the ids that wait for the destination; destroyed once it has confirmed. */
export function outboxKey(removal: Pick<Removal, 'id' | 'tenantId'>): KeySubject {
  return { purpose: 'removal-outbox', ownerId: removal.tenantId, objectId: removal.id };
}
