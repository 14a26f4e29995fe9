// `ecluse dead-letters …`: what platforms did not take, asked of a running service. No id is in it.
import type { DeadLetter, Delivery, RejectedCode, RejectedRow } from '../../openapi/generated/api.ts';
import type { Given, PrintFlags } from './schedules.ts';
import { ask, serviceOf } from './service-client.ts';

export interface DeadLetterFlags extends PrintFlags {
  readonly delivery?: string | undefined;
  readonly all: boolean;
}

export interface RejectedRowFlags extends PrintFlags {
  readonly code?: string | undefined;
}

export interface RetryRowsFlags extends PrintFlags {
  readonly code?: string[] | undefined;
}

interface RejectedRowsPage {
  readonly items: RejectedRow[];
  readonly by_code: RejectedCode[];
  readonly next_cursor: string | null;
}

export async function listDeadLetters(flags: DeadLetterFlags, given: Given): Promise<void> {
  const service = serviceOf(flags, given.env);
  const of = flags.delivery === undefined ? '' : `&delivery_id=${flags.delivery}`;
  const waiting = flags.all ? '' : '&status=waiting';
  const found: DeadLetter[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/dead-letters?limit=100${of}${waiting}${from}`;
    const page = await ask<{ items: DeadLetter[]; next_cursor: string | null }>(service, 'GET', path);
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  const lines = found.length === 0 ? 'nothing waits\n' : found.map((letter) => `${lineOf(letter)}\n`).join('');
  given.write(flags.json ? `${JSON.stringify(found)}\n` : lines);
}

export async function retryDeadLetter(id: string, flags: PrintFlags, given: Given): Promise<void> {
  const letter = await ask<DeadLetter>(serviceOf(flags, given.env), 'POST', `/v1/dead-letters/${id}/retry`);
  given.write(flags.json ? `${JSON.stringify(letter)}\n` : `${id} goes out again with ${letter.retry_delivery_id}\n`);
}

/** First what there is by code and what to do, then the rows. */
export async function listRejectedRows(id: string, flags: RejectedRowFlags, given: Given): Promise<void> {
  const service = serviceOf(flags, given.env);
  const of = flags.code === undefined ? '' : `&code=${encodeURIComponent(flags.code)}`;
  const items: RejectedRow[] = [];
  let byCode: RejectedCode[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/deliveries/${id}/rejected-rows?limit=200${of}${from}`;
    const page = await ask<RejectedRowsPage>(service, 'GET', path);
    if (!flags.json && cursor === '') given.write(summaryOf(page.by_code));
    if (!flags.json) given.write(page.items.map((row) => `${rowLine(row)}\n`).join(''));
    if (flags.json) items.push(...page.items);
    byCode = page.by_code;
    cursor = page.next_cursor;
  }
  if (flags.json) given.write(`${JSON.stringify({ by_code: byCode, items })}\n`);
}

export async function retryRejectedRows(id: string, flags: RetryRowsFlags, given: Given): Promise<void> {
  const codes = flags.code ?? [];
  const path = `/v1/deliveries/${id}/rejected-rows/retry`;
  const delivery = await ask<Delivery>(serviceOf(flags, given.env), 'POST', path, codes.length === 0 ? {} : { codes });
  given.write(
    flags.json ? `${JSON.stringify(delivery)}\n` : `what can be retried goes out again with ${delivery.id}\n`,
  );
}

function summaryOf(codes: readonly RejectedCode[]): string {
  if (codes.length === 0) return 'the platform took every row\n';
  const line = ({ code, class: kind, rows, retryable_rows, what_to_do }: RejectedCode) =>
    `${code} (${kind.replaceAll('_', ' ')})  ${rows} rows, ${retryable_rows} can be retried  ${what_to_do}\n`;
  return codes.map(line).join('');
}

function rowLine({ row, rows, batch, code, retryable, status, dead_letter_id }: RejectedRow): string {
  const which = row === null ? `${rows} rows` : `row ${row}`;
  const next = status === 'waiting' ? (retryable ? 'can be retried' : 'cannot be retried') : status;
  return `${which}  batch ${batch ?? '?'}  ${code}  ${next}  ${dead_letter_id}`;
}

function lineOf({ id, delivery_id, kind, codes, rows, retryable, status }: DeadLetter): string {
  const counts = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const next = status === 'waiting' ? (retryable ? 'can be retried' : 'cannot be retried') : status;
  return `${id}  ${delivery_id}  ${kind.replaceAll('_', ' ')}  ${rows} rows  ${counts.join(', ')}  ${next}`;
}
