// What happened: Osec's orders of two years and the advertisements that Rando+ showed in the month before the reference day. Who
// saw one buys a little more often, so that a conversion has something to find.
import { csvText } from './csv.ts';
import type { OsecRow } from './osec.ts';
import type { RandoRow } from './rando.ts';
import type { Chance } from './random.ts';
import type { TrueRecord } from './records.ts';
import type { TruePair } from './truth.ts';

export interface OrderRow {
  customer_id: string;
  email: string;
  phone: string;
  ordered_at: string;
  amount: string;
}

export interface ViewRow {
  visitor_id: string;
  email: string;
  phone: string;
  seen_at: string;
  channel: string;
}

export const ORDER_SCHEMA = {
  name: 'osec-orders',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    ordered_at: { role: 'event-time' },
    amount: { role: 'attribute', kind: 'number', taxonomy: 'purchase/amount' },
  },
} as const;

export const VIEW_SCHEMA = {
  name: 'rando-views',
  defaultCountry: 'FR',
  columns: {
    visitor_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    seen_at: { role: 'event-time' },
    channel: { role: 'attribute', kind: 'category', categories: ['banner', 'newsletter', 'video'] },
  },
} as const;

export interface EventFiles {
  readonly orders: { readonly schema: typeof ORDER_SCHEMA; csv(): string };
  readonly views: { readonly schema: typeof VIEW_SCHEMA; csv(): string };
  /** The days on which advertisements were shown, both inclusive. */
  readonly period: { readonly from: string; readonly to: string };
}

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 30;
const CHANCES = { sees: 0.45, buysOnceSeen: 0.3, buysAnyway: 0.12 };

export function makeEvents(
  chance: Chance,
  of: {
    osec: readonly TrueRecord<OsecRow>[];
    rando: readonly TrueRecord<RandoRow>[];
    pairs: readonly TruePair[];
    leftRows: readonly (readonly number[])[];
    rightRows: readonly (readonly number[])[];
    referenceDay: string;
  },
): EventFiles {
  const end = Date.parse(`${of.referenceDay}T00:00:00Z`);
  const start = end - SHOWN_DAYS * DAY_MS;
  const seenBy = new Map<number, number>();
  const views: ViewRow[] = [];
  for (const [index, { row, flaw }] of of.rando.entries()) {
    if (flaw !== undefined || !chance.happens(CHANCES.sees)) continue;
    const first = instantBetween(chance, start, end - 15 * DAY_MS);
    seenBy.set(index, first);
    for (let time = chance.between(1, 3), at = first; time > 0; time -= 1, at += chance.between(1, 4) * DAY_MS) {
      views.push(viewOf(row, at, chance));
    }
  }
  const firstSeen = firstSeenByCustomer(of, seenBy);
  const orders = of.osec.flatMap(({ row, flaw }, index) => {
    if (flaw !== undefined) return [];
    const earlier = orderOf(row, instantBetween(chance, end - 700 * DAY_MS, start - 60 * DAY_MS), chance);
    const seen = firstSeen.get(index);
    const buys = chance.happens(seen === undefined ? CHANCES.buysAnyway : CHANCES.buysOnceSeen);
    const from = seen ?? start;
    return buys ? [earlier, orderOf(row, instantBetween(chance, from, from + 14 * DAY_MS), chance)] : [earlier];
  });
  return {
    orders: { schema: ORDER_SCHEMA, csv: () => csvText(orders) },
    views: { schema: VIEW_SCHEMA, csv: () => csvText(views) },
    period: { from: dayOf(start), to: dayOf(end - DAY_MS) },
  };
}

/** The row of a customer whose visitor saw something, with the instant of the first time. */
function firstSeenByCustomer(
  of: Parameters<typeof makeEvents>[1],
  seenBy: ReadonlyMap<number, number>,
): Map<number, number> {
  const found = new Map<number, number>();
  for (const { left, right } of of.pairs) {
    const seen = (of.rightRows[right] ?? []).map((index) => seenBy.get(index)).filter((at) => at !== undefined);
    const [customer] = of.leftRows[left] ?? [];
    if (customer !== undefined && seen.length > 0) found.set(customer, Math.min(...seen));
  }
  return found;
}

function viewOf({ visitor_id, email, phone }: RandoRow, at: number, chance: Chance): ViewRow {
  const channel = chance.weighted([
    ['banner', 60],
    ['newsletter', 25],
    ['video', 15],
  ]);
  return { visitor_id, email, phone, seen_at: new Date(at).toISOString(), channel };
}

function orderOf({ customer_id, email, phone }: OsecRow, at: number, chance: Chance): OrderRow {
  const amount = Math.min(chance.heavyTail(24, 1.8), 2_000).toFixed(2);
  return { customer_id, email, phone, ordered_at: new Date(at).toISOString(), amount };
}

/** To the second. */
function instantBetween(chance: Chance, low: number, high: number): number {
  return low + chance.between(0, Math.floor((high - low) / 1000)) * 1000;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
