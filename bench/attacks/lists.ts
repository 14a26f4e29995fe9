// The scene of attacks by lists: the attacker uploads a list of planted accounts with one stranger among them, has it matched,
// and uploads the next. The victim's rule lets it: lists change every day.
import type { RunRequest } from '../../openapi/generated/api.ts';
import type { Arena } from './attack.ts';
import { type Answered, ask, declareList, type ListShape, loadList, type Row } from './partner.ts';
import { foundPair, offer, openRoom, type Pair, type Room, refresh } from './room.ts';

export type Who = 'email' | 'phone';

/** Shorter lists are not matched. */
export const LEAST_LIST = 1_000;
/** Accounts that the attacker planted at the victim, by their place. */
const PLANTED = 1_010;
const SHAPE: ListShape = { name: 'list', identifiers: ['email', 'phone'] };

export interface ListScene {
  readonly pair: Pair;
  readonly places: readonly Desk[];
  readonly isCustomer: readonly boolean[];
}

/** A room with a list of the attacker that it may upload again and again. */
export interface Desk extends Room {
  readonly datasetId: string;
  readonly mine: string;
  readonly theirs: string;
}

export const planted = (place: number, by: readonly Who[] = ['email']): Row => ({
  ...(by.includes('email') ? { email: `planted-${place}@example.org` } : {}),
  ...(by.includes('phone') ? { phone: `+336${String(10_000_000 + place)}` } : {}),
});
export const target = (trial: number): Row => ({ email: `target-${trial}@example.org` });
/** Of the attacker's own making, at nobody's. */
export const nobody = (place: number): Row => ({ email: `nobody-${place}@attacker.example` });
export const many = <T>(count: number, make: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => make(place));

export async function openListScene(arena: Arena, wish: { types?: Who[]; desks?: number } = {}): Promise<ListScene> {
  const { service, chance, trials } = arena;
  const types = wish.types ?? ['email'];
  const pair = await foundPair(arena);
  const isCustomer = many(trials, () => chance.happens(0.5));
  const theirs = await declareList(pair.victim, { ...SHAPE, name: 'customers' });
  const customers = many(trials, target).filter((_, trial) => isCustomer[trial]);
  const rows = [...many(PLANTED, (place) => planted(place, ['email', 'phone'])), ...customers];
  await loadList(service, pair.victim, { datasetId: theirs, shape: SHAPE, rows, mode: 'replace' });
  const desks = many(wish.desks ?? Math.min(6, Math.ceil(trials / 4)), async (place) => {
    const room = await openRoom(pair, { identifierTypes: types });
    const datasetId = await declareList(pair.attacker, { ...SHAPE, name: `list-${place}` });
    await loadList(service, pair.attacker, {
      datasetId,
      shape: SHAPE,
      rows: many(LEAST_LIST, nobody),
      mode: 'replace',
    });
    const mine = await offer(room, { owner: pair.attacker, other: pair.victim }, { datasetId, alias: 'mine' });
    const other = await offer(
      room,
      { owner: pair.victim, other: pair.attacker },
      { datasetId: theirs, alias: 'theirs' },
    );
    return { ...room, datasetId, mine, theirs: other };
  });
  return { pair, places: await Promise.all(desks), isCustomer };
}

/** What a list and the victim's have in common. */
export async function overlapWith(
  { service }: Arena,
  { pair }: ListScene,
  by: { desk: Desk; rows: readonly Row[]; more?: Partial<RunRequest> },
): Promise<Answered> {
  const { desk, rows } = by;
  await loadList(service, pair.attacker, { datasetId: desk.datasetId, shape: SHAPE, rows, mode: 'replace' });
  await refresh(pair.attacker, desk.mine);
  return ask(pair.attacker.analyst, desk.collaborationId, {
    analysis: 'overlap',
    contribution_ids: [desk.mine, desk.theirs],
    by_identifier: false,
    ...by.more,
  });
}

/** Matched persons; null for "fewer than". */
export function matchedOf({ result }: Answered): number | null {
  return cellOf(result?.metrics[0], ({ mine, theirs }) => mine === 'yes' && theirs === 'yes');
}

export function cellOf(
  metric: NonNullable<Answered['result']>['metrics'][number] | undefined,
  isIt: (key: Readonly<Record<string, string | null>>) => boolean,
): number | null {
  return metric?.cells.find(({ key }) => isIt(key))?.value ?? null;
}
