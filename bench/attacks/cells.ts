// One answer about many cells: what most breakdowns are. Each cell is a trial of its own, since its noise is drawn for itself.
import type { RunRequest } from '../../openapi/generated/api.ts';
import type { Arena, Trial } from './attack.ts';
import { type Answered, ask } from './partner.ts';
import { cellKeyOf, type Roster, type Seat } from './roster.ts';

export type ShownCell = NonNullable<Answered['result']>['metrics'][number]['cells'][number];

export interface CellsAnswer {
  readonly picoRho: number;
  /** The cell that the attacker made for a target. */
  of(cell: number): ShownCell | undefined;
}

/** All cells of a roster at once: rows crossed with columns. */
export async function askCells(
  { pair }: Roster,
  seat: Pick<Seat, 'collaborationId' | 'matchId'>,
  more: Partial<RunRequest> = {},
  part?: 'rest',
): Promise<CellsAnswer> {
  const breakdown = ['row', 'column'].map((attribute) => ({ source: 'mine', attribute }));
  const question: RunRequest = { analysis: 'profile', match_id: seat.matchId, breakdown, ...more };
  return cellsOf(await ask(pair.attacker.analyst, seat.collaborationId, question), part);
}

/** Of a question with an index the cells of the rest, if these are meant. */
export function cellsOf({ result, picoRho }: Answered, part?: 'rest'): CellsAnswer {
  const found = new Map<string, ShownCell>();
  for (const shown of result?.metrics[0]?.cells ?? []) {
    if (part !== undefined && shown.key.part !== part) continue;
    found.set(`${shown.key['mine.row']} ${shown.key['mine.column']}`, shown);
  }
  return { picoRho, of: (cell) => found.get(cellKeyOf(cell)) };
}

/** "Fewer than" is about as good as zero to an attacker who adds figures up. */
export function countOf(shown: ShownCell | undefined): number {
  return shown?.value ?? 0;
}

/** A guess for every target out of answers that tell of all of them. */
export function guessAll(
  arena: Arena,
  roster: Roster,
  by: { picoRho: number; guess: (cell: number) => boolean },
): Trial[] {
  arena.progress(roster.isCustomer.length);
  return roster.isCustomer.map((isCustomer, cell) => ({ isCustomer, guess: by.guess(cell), picoRho: by.picoRho }));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
