// The exchange of Osec and Rando+: two files of people who never lived, and the truth about who is in both.
// One seed gives the same bytes everywhere; the truth is counted before anything is spelled, hashed or loaded.
import { type TrueAudience, trueAudience } from './synthetic-people/audience.ts';
import { csvText } from './synthetic-people/csv.ts';
import { type EventFiles, makeEvents } from './synthetic-people/events.ts';
import { populate } from './synthetic-people/households.ts';
import { OSEC_SCHEMA, type OsecRow, osecRecords } from './synthetic-people/osec.ts';
import { RANDO_SCHEMA, type RandoRow, randoRecords } from './synthetic-people/rando.ts';
import { seededChance } from './synthetic-people/random.ts';
import type { Flaw, TrueRecord } from './synthetic-people/records.ts';
import { countFlaws, type MatchType, type TruePair, truePairs, truePersons } from './synthetic-people/truth.ts';

export interface ExchangeOptions {
  seed?: number;
  crmRows?: number;
  visitorRows?: number;
  /** The day the files were exported; every date in them lies before it. */
  referenceDay?: string;
}

export interface ExampleFile<Row> {
  readonly schema: typeof OSEC_SCHEMA | typeof RANDO_SCHEMA;
  readonly records: readonly TrueRecord<Row>[];
  csv(): string;
}

export interface DatasetTruth {
  /** Rows in the partner's own file. */
  readonly rows: number;
  readonly flaws: Partial<Record<Flaw, number>>;
  readonly accepted: number;
  readonly persons: number;
}

export interface ExchangeTruth {
  readonly osec: DatasetTruth;
  readonly rando: DatasetTruth;
  readonly matched: number;
  readonly byIdentifier: Record<MatchType, number>;
  /** Osec is left, Rando+ is right. */
  readonly pairs: readonly TruePair[];
  readonly audience: TrueAudience;
}

export interface Exchange {
  readonly osec: ExampleFile<OsecRow>;
  readonly rando: ExampleFile<RandoRow>;
  readonly referenceDay: string;
  /** "Bought a raincoat more than a year ago AND rents hiking gear EXCEPT has an open complaint", as text. */
  readonly segment: string;
  readonly truth: ExchangeTruth;
  /** What customers ordered and visitors saw. */
  events(): EventFiles;
}

export const DEFAULT_EXCHANGE = { seed: 20260630, crmRows: 20_000, visitorRows: 30_000, referenceDay: '2026-06-30' };

/** Of Osec's customers, how many also rent at Rando+: enough to matter, few enough to be worth finding. */
const OVERLAP_OF_CUSTOMERS = 0.5;

export function makeExchange(options: ExchangeOptions = {}): Exchange {
  const { seed, crmRows, visitorRows, referenceDay } = { ...DEFAULT_EXCHANGE, ...options };
  const chance = seededChance(seed);
  const visitorsOnly = Math.max(0, visitorRows - Math.floor(crmRows * OVERLAP_OF_CUSTOMERS));
  const people = populate(chance, { inhabitants: crmRows + visitorsOnly });
  const customers = people.slice(0, crmRows);
  const shuffledCustomers = shuffled(customers, chance.fraction);
  const both = shuffledCustomers.slice(0, Math.min(visitorRows, Math.floor(crmRows * OVERLAP_OF_CUSTOMERS)));
  const visitors = shuffled([...both, ...people.slice(crmRows)], chance.fraction);
  const osec = osecRecords(chance, { customers: shuffled(customers, chance.fraction), rows: crmRows, referenceDay });
  const rando = randoRecords(chance, { visitors, rows: visitorRows, referenceDay });
  const raincoatBefore = `${Number(referenceDay.slice(0, 4)) - 1}${referenceDay.slice(4)}`;
  const truth = exchangeTruth(osec, rando, raincoatBefore);
  return {
    osec: { schema: OSEC_SCHEMA, records: osec, csv: () => csvText(osec.map(({ row }) => row)) },
    rando: { schema: RANDO_SCHEMA, records: rando, csv: () => csvText(rando.map(({ row }) => row)) },
    referenceDay,
    segment: `osec.last_raincoat < ${raincoatBefore} AND rando.activity IN ("hiking") EXCEPT osec.complaint`,
    truth,
    events: () =>
      makeEvents(seededChance(seed + 1), {
        osec,
        rando,
        pairs: truth.pairs,
        leftRows: truePersons(osec).rowsOfPerson,
        rightRows: truePersons(rando).rowsOfPerson,
        referenceDay,
      }),
  };
}

function exchangeTruth(
  osec: readonly TrueRecord<OsecRow>[],
  rando: readonly TrueRecord<RandoRow>[],
  raincoatBefore: string,
): ExchangeTruth {
  const leftPersons = truePersons(osec);
  const rightPersons = truePersons(rando);
  const pairs = truePairs({ left: osec, right: rando, leftPersons, rightPersons, types: ['email', 'phone'] });
  return {
    osec: datasetTruth(osec, leftPersons.rowsOfPerson.length),
    rando: datasetTruth(rando, rightPersons.rowsOfPerson.length),
    matched: pairs.length,
    byIdentifier: {
      email: pairs.filter(({ type }) => type === 'email').length,
      phone: pairs.filter(({ type }) => type === 'phone').length,
    },
    pairs,
    audience: trueAudience({ pairs, osec, rando, leftPersons, rightPersons, raincoatBefore }),
  };
}

function datasetTruth(records: readonly TrueRecord<unknown>[], persons: number): DatasetTruth {
  const flaws = countFlaws(records);
  const flawed = Object.values(flaws).reduce((sum, count) => sum + count, 0);
  return { rows: records.length, flaws, accepted: records.length - flawed, persons };
}

/** Fisher and Yates, on a copy. */
function shuffled<T>(items: readonly T[], fraction: () => number): T[] {
  const copy = [...items];
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(fraction() * (index + 1));
    [copy[index], copy[other]] = [copy[other]!, copy[index]!];
  }
  return copy;
}
