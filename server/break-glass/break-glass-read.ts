// A break-glass read: for a time, somebody sees what their roles do not open. It never writes, and each use is an event.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

/** What may be opened at all: how loads, their refused rows, jobs and deliveries went. None of it holds a value of a person. */
export const READABLE = ['job:read', 'load:read', 'delivery:read'] as const;
export type ReadablePermission = (typeof READABLE)[number];

export interface BreakGlassRead {
  readonly id: string;
  /** Whose closed things are read. */
  readonly tenantId: string;
  /** The member or operator who reads. */
  readonly reader: string;
  readonly permissions: readonly ReadablePermission[];
  readonly minutes: number;
  readonly reason: string;
  readonly status: 'requested' | 'open' | 'refused' | 'expired' | 'ended';
  readonly uses: number;
  readonly createdAt: string;
  readonly until: string | null;
  readonly endedAt: string | null;
}

export const breakGlassReads = recordStore('break_glass_reads', {
  noun: 'break-glass read',
  mapping: rowMapping<BreakGlassRead>(['permissions']),
});
