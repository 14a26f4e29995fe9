// Test oracle: every analysis once more, in memory and as naively as its definition reads.
import { createHmac } from 'node:crypto';
import type {
  AnalysisRequest,
  AttributionQuestion,
  Breakdown,
  ConversionQuestion,
  ProfileQuestion,
  ReachFrequencyQuestion,
  Side,
} from '../analysis.ts';
import { selects } from './segment-oracle.ts';
import { keyHex, type Person, type World } from './world.ts';

/** Of each metric the cells that are not zero, by their key as JSON. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Link {
  readonly key: string;
  readonly type: string;
  /** By contribution. */
  readonly persons: readonly (Person | undefined)[];
}

export interface Linked {
  readonly links: readonly Link[];
  readonly singles: readonly (readonly Person[])[];
}

/** A person stands by the smallest of its keys of a type; the strongest type that finds others decides. */
export function linkWorld(world: World, types: readonly string[]): Linked {
  const free = world.map((people) => people.filter(({ keys }) => keys.length > 0));
  const links: Link[] = [];
  for (const type of types) {
    const byKey = new Map<string, (Person | undefined)[]>();
    free.forEach((people, place) => {
      for (const person of people) {
        const [key] = person.keys
          .filter((held) => held.type === type)
          .map(keyHex)
          .sort();
        if (key === undefined) continue;
        const persons = byKey.get(key) ?? world.map(() => undefined);
        persons[place] = person;
        byKey.set(key, persons);
      }
    });
    for (const [key, persons] of byKey) {
      if (persons.filter((person) => person !== undefined).length < 2) continue;
      links.push({ key, type, persons });
      persons.forEach((person, place) => {
        free[place] = (free[place] ?? []).filter((one) => one !== person);
      });
    }
  }
  return { links, singles: free };
}

export function answerNaively(world: World, request: AnalysisRequest): Counts {
  const { question } = request;
  const linked = linkWorld(world, request.types);
  switch (question.analysis) {
    case 'overlap':
      return overlap(linked, question);
    case 'profile':
      return { persons: profile(linked, question) };
    case 'segment-size':
      return {
        persons: tally(linked.links.filter(({ persons }) => selects(question.segment, persons)).map(() => ({}))),
      };
    case 'reach-frequency':
      return reach(linked, question);
    case 'conversion':
      return conversion(linked, { question, perPerson: request.bounding.perGroup });
    case 'attribution':
      return { 'attributed-purchases': attribution(linked, request as AnalysisRequest<AttributionQuestion>) };
  }
}

type Key = Readonly<Record<string, string | null>>;

function tally(keys: readonly Key[], values: readonly number[] = keys.map(() => 1)): Record<string, number> {
  const counts: Record<string, number> = {};
  keys.forEach((key, n) => {
    const id = JSON.stringify(key);
    const value = (counts[id] ?? 0) + (values[n] ?? 0);
    if (value !== 0) counts[id] = value;
  });
  return counts;
}

function overlap(
  { links, singles }: Linked,
  asked: { contributions: readonly string[]; byIdentifier: boolean },
): Counts {
  const key = (persons: readonly unknown[]) =>
    Object.fromEntries(asked.contributions.map((id, place) => [id, persons[place] === undefined ? 'no' : 'yes']));
  const alone = singles.flatMap((people, place) =>
    people.map((one) => key(singles.map((_, n) => (n === place ? one : undefined)))),
  );
  const persons = tally([...links.map((link) => key(link.persons)), ...alone]);
  if (!asked.byIdentifier) return { persons };
  return { persons, 'by-identifier': tally(links.map(({ type }) => ({ identifier: type }))) };
}

function profile({ links, singles }: Linked, question: ProfileQuestion): Record<string, number> {
  const keys: Key[] = [];
  const labels = (persons: readonly (Person | undefined)[]) =>
    Object.fromEntries(question.breakdown.map((one) => [`${one.source}.${one.attribute}`, label(one, persons)]));
  for (const { persons } of links) {
    const inside = question.segment === undefined || selects(question.segment, persons);
    const subject = question.segment === undefined ? 'matched' : 'segment';
    if (inside || question.index) keys.push({ part: inside ? subject : 'rest', ...labels(persons) });
  }
  if (question.index && question.segment === undefined) {
    const place = Number(question.breakdown[0]?.source.slice(1));
    for (const person of singles[place] ?? []) {
      keys.push({ part: 'rest', ...labels(singles.map((_, n) => (n === place ? person : undefined))) });
    }
  }
  return tally(keys);
}

function label({ source, attribute, bins }: Breakdown, persons: readonly (Person | undefined)[]): string | null {
  const person = persons[Number(source.slice(1))];
  const value = person?.attributes[attribute as keyof Person['attributes']] ?? null;
  if (value === null || bins === undefined) return value === null ? null : String(value);
  if (attribute === 'city' || attribute === 'activity') return bins.includes(String(value)) ? String(value) : 'other';
  const above = bins.filter((edge) => edge <= (value as string | number)).length;
  if (above === 0) return `<${bins[0]}`;
  return above === bins.length ? `>=${bins.at(-1)}` : `${bins[above - 1]}..<${bins[above]}`;
}

const DAY = 86_400_000;

function inPeriod(at: number, period: { from: string; to: string } | undefined, extraDays = 0): boolean {
  if (period === undefined) return true;
  return at >= Date.parse(period.from) && at < Date.parse(period.to) + DAY * (1 + extraDays);
}

const placeOf = (side: Side) => (side === 'left' ? 0 : 1);

function reach({ links }: Linked, question: ReachFrequencyQuestion): Counts {
  const frequencies = links
    .map(({ persons }) => persons[placeOf(question.events)]?.events ?? [])
    .map((events) => events.filter(({ at }) => inPeriod(at, question.period)).length)
    .filter((frequency) => frequency > 0);
  const bar = (n: number) => (n >= question.maxFrequency ? `${question.maxFrequency}+` : String(n));
  return {
    reach: tally(frequencies.map(() => ({}))),
    frequency: tally(frequencies.map((n) => ({ frequency: bar(n) }))),
  };
}

function conversion(
  { links, singles }: Linked,
  { question, perPerson }: { question: ConversionQuestion; perPerson: number },
): Counts {
  const { exposures, purchases, windowDays, period, revenueClamp = 0, groupBy } = question;
  const buyers = [
    ...links.map(({ persons }) => ({ buyer: persons[placeOf(purchases)], other: persons[placeOf(exposures)] })),
    ...(singles[placeOf(purchases)] ?? []).map((buyer) => ({ buyer, other: undefined })),
  ];
  const all = buyers.map(({ buyer, other }) => {
    const seen = (other?.events ?? []).map(({ at }) => at).filter((at) => inPeriod(at, period));
    const bought = (buyer?.events ?? []).filter(({ at }) =>
      seen.length > 0
        ? seen.some((exposure) => exposure <= at && at < exposure + windowDays * DAY)
        : inPeriod(at, period, windowDays),
    );
    const spent = bought.reduce(
      (sum, { spend }) => sum + Math.floor(Math.min(Math.max(spend ?? 0, 0), revenueClamp) + 0.5),
      0,
    );
    const persons = purchases === 'left' ? [buyer, undefined] : [undefined, buyer];
    const group = groupBy === undefined ? {} : { [`${groupBy.source}.${groupBy.attribute}`]: label(groupBy, persons) };
    return {
      exposed: seen.length > 0 ? 'yes' : 'no',
      bought: bought.length,
      spent: Math.min(spent, revenueClamp),
      group,
    };
  });
  const cells = all.map(({ exposed, group }) => ({ exposed, ...group }));
  const counts = {
    persons: tally(
      all.map(({ exposed, bought, group }) => ({ exposed, converted: bought > 0 ? 'yes' : 'no', ...group })),
    ),
    conversions: tally(
      cells,
      all.map(({ bought }) => Math.min(bought, perPerson)),
    ),
  };
  return question.revenueAttribute === undefined
    ? counts
    : {
        ...counts,
        revenue: tally(
          cells,
          all.map(({ spent }) => spent),
        ),
      };
}

function attribution(
  { links }: Linked,
  { question, bounding }: AnalysisRequest<AttributionQuestion>,
): Record<string, number> {
  const { model, windowDays, period } = question;
  const scale = model === 'linear' ? 2520 : 1;
  const keys: Key[] = [];
  const values: number[] = [];
  for (const { key, persons } of links) {
    const touches = [...(persons[placeOf(question.touches)]?.events ?? [])].sort(
      (one, other) => one.at - other.at || compareLabels(one.activity, other.activity),
    );
    const credits = new Map<string | null, number>();
    for (const { at } of persons[placeOf(question.purchases)]?.events ?? []) {
      if (!inPeriod(at, period)) continue;
      const inside = touches.filter((touch) => touch.at <= at && at < touch.at + windowDays * DAY);
      const counted = inside.slice(model === 'linear' ? -10 : -1);
      for (const { activity } of counted) credits.set(activity, (credits.get(activity) ?? 0) + scale / counted.length);
    }
    const chosen = [...credits].sort(([one], [other]) =>
      rankOf(key, one, bounding.key) < rankOf(key, other, bounding.key) ? -1 : 1,
    );
    for (const [channel, credit] of chosen.slice(0, bounding.maxGroups)) {
      keys.push({ channel });
      values.push(Math.min(credit, bounding.perGroup * scale));
    }
  }
  return tally(keys, values);
}

/** Unknown last, otherwise by bytes. */
function compareLabels(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : one > other ? 1 : 0;
}

function rankOf(key: string, label: string | null, secret: Uint8Array): string {
  const said = Buffer.concat([Buffer.from(key, 'hex'), Buffer.from(label === null ? '0' : `1${label}`)]);
  return createHmac('sha256', secret).update(said).digest('hex');
}
