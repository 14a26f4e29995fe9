// The scene of most attacks: the attacker's list of accounts it planted at the victim, in cells, and in each cell one person of
// whom it does not know. With 54 planted accounts in a cell, one more turns the rounded 50 into 60.
import type { Arena } from './attack.ts';
import { declareList, type ListShape, loadList, type Row } from './partner.ts';
import { foundPair, match, offer, openRoom, type Pair, type Room, type RoomTerms, refresh } from './room.ts';

/** Planted accounts of a cell, unless an attack asks for others: one below where rounding to tens goes up. */
export const EDGE = 54;
/** Numbers of a cell: its planted accounts from the first, its target at a fixed place after them. */
const CELL = 200;
export const TARGET = 150;
const CELLS_IN_A_ROW = 20;
const FIRST_DAY = Date.UTC(1900, 0, 1);
const DAY_MS = 86_400_000;
/** Shorter lists are not matched. */
const LEAST_LIST = 1_000;

export interface Seat extends Room {
  readonly matchId: string;
  readonly mine: string;
  readonly theirs: string;
}

export interface Roster {
  readonly pair: Pair;
  readonly places: readonly Seat[];
  /** Hidden from the attacker: read when its guesses are in. */
  readonly isCustomer: readonly boolean[];
  /** The victim loads its customers anew: those it always had, and those of the targets. */
  reload(targets: 'customers' | 'nobody'): Promise<void>;
  /** The victim deletes the targets among its customers. */
  erase(): Promise<void>;
}

export interface RosterWish {
  readonly pads?: number;
  /** Planted accounts outside of all cells, numbered -1, -2 and so on. */
  readonly known?: number;
  /** Targets of one cell, one after the other from the place of the first; one without it. */
  readonly together?: number;
  readonly rooms?: number;
  readonly terms?: RoomTerms;
  /** Whether a target who is a customer stands in the victim's first load. */
  readonly startsWith?: 'customers' | 'nobody';
}

const ATTRIBUTES = {
  number: { role: 'attribute', kind: 'number' },
  place: { role: 'attribute', kind: 'number' },
  day: { role: 'attribute', kind: 'date' },
  row: { role: 'attribute', kind: 'category', categories: labels('r', 100) },
  column: { role: 'attribute', kind: 'category', categories: labels('c', CELLS_IN_A_ROW) },
  member: { role: 'activation-id', type: 'customer' },
};
const MINE: ListShape = { name: 'accounts', identifiers: ['email'], attributes: ATTRIBUTES };
const THEIRS: ListShape = { name: 'customers', identifiers: ['email'] };

export async function openRoster(arena: Arena, wish: RosterWish = {}): Promise<Roster> {
  const { service, chance, trials } = arena;
  const pair = await foundPair(arena);
  const isCustomer = Array.from({ length: trials }, () => chance.happens(0.5));
  const people = peopleOf(trials, { pads: wish.pads ?? EDGE, known: wish.known ?? 0, together: wish.together ?? 1 });
  const mine = await declareList(pair.attacker, MINE);
  const own = [...people.planted, ...people.targets, ...people.own];
  await loadList(service, pair.attacker, { datasetId: mine, shape: MINE, rows: own, mode: 'replace' });
  const theirs = await declareList(pair.victim, THEIRS);
  const customers = people.targets.filter((_, cell) => isCustomer[cell]);
  const load = (rows: readonly Row[], mode: 'replace' | 'delete') =>
    loadList(service, pair.victim, { datasetId: theirs, shape: THEIRS, rows, mode });
  const reload: Roster['reload'] = (targets) =>
    load([...people.planted, ...people.strangers, ...(targets === 'customers' ? customers : [])], 'replace');
  await reload(wish.startsWith ?? 'customers');
  const rooms = Array.from({ length: wish.rooms ?? Math.min(6, Math.ceil(trials / 4)) });
  const seats = await Promise.all(rooms.map(() => takeSeat(pair, { mine, theirs }, wish.terms)));
  return { pair, places: seats, isCustomer, reload, erase: () => load(customers, 'delete') };
}

function peopleOf(trials: number, of: { pads: number; known: number; together: number }) {
  const cells = Array.from({ length: Math.ceil(trials / of.together) }, (_, cell) => cell);
  const planted = [
    ...cells.flatMap((cell) => Array.from({ length: of.pads }, (_, place) => rowOf(cell, place))),
    ...Array.from({ length: of.known }, (_, n) => ({
      email: `known-${n}@example.org`,
      attributes: [String(-1 - n), '', '', '', '', `s${n}`],
    })),
  ];
  const missing = Math.max(0, LEAST_LIST - planted.length);
  return {
    planted,
    targets: Array.from({ length: trials }, (_, trial) =>
      rowOf(Math.floor(trial / of.together), TARGET + (trial % of.together)),
    ),
    own: Array.from({ length: missing }, (_, n) => ({ ...rowOf(trials, 0), email: `own-${n}@attacker.example` })),
    strangers: Array.from({ length: LEAST_LIST }, (_, n) => ({ email: `stranger-${n}@victim.example` })),
  };
}

async function takeSeat(pair: Pair, of: { mine: string; theirs: string }, terms?: RoomTerms): Promise<Seat> {
  const { victim, attacker } = pair;
  const room = await openRoom(pair, terms);
  const names = Object.keys(ATTRIBUTES).filter((name) => name !== 'member');
  const mine = await offer(
    room,
    { owner: attacker, other: victim },
    { datasetId: of.mine, alias: 'mine', filterAttributes: names, breakdownAttributes: names },
  );
  const theirs = await offer(room, { owner: victim, other: attacker }, { datasetId: of.theirs, alias: 'theirs' });
  return { ...room, mine, theirs, matchId: await match(attacker.analyst, room, { left: mine, right: theirs }) };
}

/** The email is the person; the attributes are what the attacker writes beside it, so that it can pick anybody. */
export function rowOf(cell: number, place: number): Row & { email: string } {
  const number = cell * CELL + place;
  const day = new Date(FIRST_DAY + number * DAY_MS).toISOString().slice(0, 10);
  const [row = '', column = ''] = cellKeyOf(cell).split(' ');
  return {
    email: place >= TARGET ? `target-${cell}-${place}@example.org` : `planted-${cell}-${place}@example.org`,
    attributes: [String(number), String(place), day, row, column, `m${number}`],
  };
}

/** The row and column of a cell. */
export const cellKeyOf = (cell: number): string => `r${Math.floor(cell / CELLS_IN_A_ROW)} c${cell % CELLS_IN_A_ROW}`;

/** How the attacker names people in its questions. */
export const numberOf = (cell: number, place = TARGET): number => cell * CELL + place;
export const dayOf = (cell: number, place = TARGET): string => rowOf(cell, place).attributes?.[2] ?? '';
export const wholeCell = (cell: number): string =>
  `mine.number >= ${numberOf(cell, 0)} AND mine.number <= ${numberOf(cell)}`;
/** After a refresh of the victim's contribution the earlier match is of no use. */
export async function matchAnew({ pair }: Roster, seat: Seat): Promise<Seat> {
  await refresh(pair.victim, seat.theirs);
  return { ...seat, matchId: await match(pair.attacker.analyst, seat, { left: seat.mine, right: seat.theirs }) };
}

export const onlyTarget = (cell: number): string => `mine.number = ${numberOf(cell)}`;

function labels(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${letter}${n}`);
}
