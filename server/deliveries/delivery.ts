// A delivery: one sending of what changed in an audience since the one before.
import type { Cell, ShownDecision } from '../activations/activation.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface ShownReport {
  readonly sent: { readonly added: number; readonly removed: number };
  /** By policy, by reason. */
  readonly refused: Readonly<Record<string, Cell>>;
  readonly rejected_by_platform: Readonly<Record<string, number>>;
  readonly batches: number;
  readonly platform_jobs: readonly string[];
  /** When the first of an operator's ids at the destination is to be asked for anew; kept for the next delivery and not shown. */
  readonly remap_due_at?: string;
}

/** Why a delivery waited for a person: its volume, and the largest that there was before. */
export interface HeldVolume {
  readonly volume: number;
  readonly before: number;
  readonly approved: boolean;
}

export type DeliveryMode = 'delta' | 'full';

export interface Delivery {
  readonly id: string;
  readonly tenantId: string;
  readonly activationId: string;
  /** What changed since the destination was told last, or everybody who is in the audience. */
  readonly mode: DeliveryMode;
  readonly status:
    | 'queued'
    | 'running'
    | 'awaiting_approval'
    | 'delivered'
    | 'partially_delivered'
    | 'refused'
    | 'failed';
  readonly phase: string;
  readonly jobId: string;
  readonly report: ShownReport | null;
  readonly decision: ShownDecision | null;
  readonly receiptEventId: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly decidedAt: string | null;
  /** Persons, as may be told. */
  readonly volume: number | null;
  readonly held: HeldVolume | null;
  /** 1 while it is decided. */
  readonly isDeciding: number;
}

export const deliveries = recordStore('deliveries', {
  noun: 'delivery',
  mapping: rowMapping<Delivery>(['report', 'decision', 'held']),
});
