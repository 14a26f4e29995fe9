// Pages over a record store: one more than asked for is read, to know whether another page follows.
import type { Page as StorePage } from '../database/record-store.ts';
import { cursorOf, type Page, type PageRequest, pageSize, positionOfCursor } from './page.ts';

export function pageRange(request: PageRequest): StorePage {
  const before = request.cursor === undefined ? undefined : positionOfCursor(request.cursor);
  return { before, limit: pageSize(request) + 1 };
}

export function pageOf<T extends { readonly id: string }, Body>(
  found: readonly T[],
  request: PageRequest,
  bodyOf: (item: T) => Body,
): Page<Body> {
  const shown = found.slice(0, pageSize(request));
  const last = shown.at(-1);
  return { items: shown.map(bodyOf), next_cursor: found.length > shown.length && last ? cursorOf(last.id) : null };
}
