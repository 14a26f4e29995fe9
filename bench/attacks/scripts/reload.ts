// The victim's data changes by one person, and the attacker asks before and after.
import type { Arena, Attack, Trial } from '../attack.ts';
import { askCells, countOf, guessAll } from '../cells.ts';
import { matchAnew, openRoster, type Roster } from '../roster.ts';

export const reuploadPlusOne: Attack = {
  name: 'reupload-plus-one',
  source: 'differencing over snapshots ("add one person and ask again")',
  does: 'asks for a group, waits for the victim to load one person more, asks the same again',
  failsBecause: 'a new load brings fresh noise and no fresh budget',
  run: (arena) => askAround(arena, { startsWith: 'nobody', change: (roster) => roster.reload('customers'), sign: 1 }),
};

export const reuploadMinusOne: Attack = {
  name: 'reupload-minus-one',
  source: 'differencing over snapshots',
  does: 'asks for a group, waits for the victim to load its file without one person, asks the same again',
  failsBecause: 'a new load brings fresh noise and no fresh budget',
  run: (arena) => askAround(arena, { startsWith: 'customers', change: (roster) => roster.reload('nobody'), sign: -1 }),
};

export const queryAfterErasure: Attack = {
  name: 'query-after-erasure',
  source: 'differencing around a deletion (Chen et al., CCS 2021)',
  does: 'asks for a group, waits for the victim to delete one person on request, asks the same again',
  failsBecause: 'the deletion makes a new snapshot, whose answer is noised anew and paid from the same budget',
  run: (arena) => askAround(arena, { startsWith: 'customers', change: (roster) => roster.erase(), sign: -1 }),
};

async function askAround(
  arena: Arena,
  of: { startsWith: 'customers' | 'nobody'; change: (roster: Roster) => Promise<void>; sign: 1 | -1 },
): Promise<Trial[]> {
  const roster = await openRoster(arena, { rooms: 1, startsWith: of.startsWith });
  const seat = roster.places[0]!;
  const before = await askCells(roster, seat);
  await of.change(roster);
  const after = await askCells(roster, await matchAnew(roster, seat));
  const guess = (cell: number) => of.sign * (countOf(after.of(cell)) - countOf(before.of(cell))) > 0;
  return guessAll(arena, roster, { picoRho: before.picoRho + after.picoRho, guess });
}
