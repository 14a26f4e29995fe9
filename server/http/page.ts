// Cursor pages: an opaque cursor holds the id of the last item shown; ids sort by time, so pages are stable while rows arrive.
import type { Knex } from 'knex';
import { ServiceError } from '../errors.ts';
import { ID_PATTERN } from '../ids.ts';

export interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly next_cursor: string | null;
}

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;

/** The page of `query` after the cursor, by descending (newest first, the default) or ascending id. */
export async function listPage<Row extends { id: string }, T>(
  query: Knex.QueryBuilder,
  request: PageRequest,
  bodyOf: (row: Row) => T,
  order: 'desc' | 'asc' = 'desc',
): Promise<Page<T>> {
  const limit = pageSize(request);
  if (request.cursor !== undefined) query.andWhere('id', order === 'desc' ? '<' : '>', idOfCursor(request.cursor));
  const rows = (await query.orderBy('id', order).limit(limit + 1)) as Row[];
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(bodyOf), next_cursor: rows.length > limit && last ? cursorOf(last.id) : null };
}

export function pageSize(request: PageRequest): number {
  return Math.min(request.limit ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
}

export function cursorOf(position: string): string {
  return Buffer.from(`c1:${position}`).toString('base64url');
}

export function positionOfCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('c1:'))
    throw new ServiceError('cursor_invalid', { detail: 'Pass next_cursor of the page before, unchanged.' });
  return text.slice(3);
}

function idOfCursor(cursor: string): string {
  const id = positionOfCursor(cursor);
  if (!ID_PATTERN.test(id))
    throw new ServiceError('cursor_invalid', { detail: 'Pass next_cursor of the page before, unchanged.' });
  return id;
}
