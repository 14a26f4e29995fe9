// `ecluse dead-letters …`: what platforms did not take, asked of a running service. No id is in it.
import type { DeadLetter } from '../../openapi/generated/api.ts';
import type { Given, PrintFlags } from './schedules.ts';
import { ask, serviceOf } from './service-client.ts';

export interface DeadLetterFlags extends PrintFlags {
  readonly delivery?: string | undefined;
  readonly all: boolean;
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

function lineOf({ id, delivery_id, kind, codes, rows, retryable, status }: DeadLetter): string {
  const counts = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const next = status === 'waiting' ? (retryable ? 'can be retried' : 'cannot be retried') : status;
  return `${id}  ${delivery_id}  ${kind.replaceAll('_', ' ')}  ${rows} rows  ${counts.join(', ')}  ${next}`;
}
