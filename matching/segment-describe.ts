// Says a segment in plain English or French from the titles of its criteria, for people who approve it.

import { type Criterion, criterionName, findCriterion, titleOfAttribute } from './criteria.ts';
import { type CriterionTest, listCriteria, type Segment, type SegmentScalar } from './segment.ts';

export type Locale = 'en' | 'fr';

interface Words {
  readonly and: string;
  readonly or: string;
  readonly except: string;
  readonly isTrue: (title: string) => string;
  readonly isFalse: (title: string) => string;
  readonly isKnown: (title: string) => string;
  readonly of: (title: string, owner: string) => string;
  readonly quoted: (text: string) => string;
  readonly number: (value: number) => string;
  readonly date: Readonly<Record<string, string>>;
  readonly amount: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    and: 'and',
    or: 'or',
    except: 'except',
    isTrue: (title) => title,
    isFalse: (title) => `not ${title}`,
    isKnown: (title) => `${title}: known`,
    of: (title, owner) => `${title} (${owner})`,
    quoted: (text) => `“${text}”`,
    number: (value) => value.toLocaleString('en', { maximumFractionDigits: 20 }),
    date: {
      '<': 'before',
      '<=': 'on or before',
      '>': 'after',
      '>=': 'on or after',
      '=': 'on',
      '!=': 'on another day than',
      in: 'on',
    },
    amount: {
      '<': 'less than',
      '<=': 'at most',
      '>': 'more than',
      '>=': 'at least',
      '=': 'is',
      '!=': 'is not',
      in: 'is',
    },
  },
  fr: {
    and: 'et',
    or: 'ou',
    except: 'sauf',
    isTrue: (title) => title,
    isFalse: (title) => `non : ${title}`,
    isKnown: (title) => `${title} : connu`,
    of: (title, owner) => `${title} (${owner})`,
    quoted: (text) => `« ${text} »`,
    number: (value) => value.toLocaleString('fr', { maximumFractionDigits: 20 }),
    date: {
      '<': 'avant le',
      '<=': 'au plus tard le',
      '>': 'après le',
      '>=': 'à partir du',
      '=': 'le',
      '!=': 'un autre jour que le',
      in: 'le',
    },
    amount: {
      '<': 'moins de',
      '<=': 'au plus',
      '>': 'plus de',
      '>=': 'au moins',
      '=': 'est',
      '!=': "n'est pas",
      in: 'est',
    },
  },
};

/** One sentence without its full stop: "bought a raincoat before 2025-01-01 and activity is “hiking”, except open complaint". */
export function describeSegment(segment: Segment, criteria: readonly Criterion[], options: { locale: Locale }): string {
  const words = WORDS[options.locale];
  const titles = titlesOf(segment, criteria, options.locale);
  return describe(segment, { words, criteria, titles });
}

interface Telling {
  readonly words: Words;
  readonly criteria: readonly Criterion[];
  readonly titles: ReadonlyMap<string, string>;
}

function describe(segment: Segment, telling: Telling): string {
  const { words } = telling;
  if ('criterion' in segment) return describeTest(segment.criterion, telling);
  if ('and' in segment) return segment.and.map((member) => grouped(member, telling)).join(` ${words.and} `);
  if ('or' in segment) return segment.or.map((member) => grouped(member, telling)).join(` ${words.or} `);
  const [keep, drop] = segment.except;
  const kept = 'or' in keep ? grouped(keep, telling) : describe(keep, telling);
  return `${kept}, ${words.except} ${grouped(drop, telling)}`;
}

/** Prose has no precedence: a group inside a group always stands in parentheses. */
function grouped(member: Segment, telling: Telling): string {
  const told = describe(member, telling);
  return 'criterion' in member ? told : `(${told})`;
}

function describeTest(test: CriterionTest, { words, criteria, titles }: Telling): string {
  const title = titles.get(keyOf(test)) ?? titleOfAttribute(test.attribute);
  if (test.operator === 'is-true') return words.isTrue(title);
  if (test.operator === 'is-known') return words.isKnown(title);
  const values = test.operator === 'in' ? test.value : [test.value];
  const kind = findCriterion(criteria, test)?.kind;
  if (typeof values[0] === 'boolean' && values.length === 1) {
    const wanted = values[0] === (test.operator !== '!=');
    return wanted ? words.isTrue(title) : words.isFalse(title);
  }
  const verb = (kind === 'date' ? words.date : words.amount)[test.operator] ?? test.operator;
  return `${title} ${verb} ${alternatives(values, kind === 'date', words)}`;
}

function alternatives(values: readonly SegmentScalar[], areDates: boolean, words: Words): string {
  const told = values.map((value) => {
    if (typeof value === 'number') return words.number(value);
    return typeof value === 'string' && !areDates ? words.quoted(value) : String(value);
  });
  const last = told.pop() ?? '';
  return told.length === 0 ? last : `${told.join(', ')} ${words.or} ${last}`;
}

/** The titles in the language asked for; two criteria of one title are told apart by their owner's alias. */
function titlesOf(segment: Segment, criteria: readonly Criterion[], locale: Locale): Map<string, string> {
  const named = new Map<string, { title: string; alias: string }>();
  for (const test of listCriteria(segment)) {
    const criterion = findCriterion(criteria, test);
    const title = criterion?.titles?.[locale] ?? criterion?.title ?? titleOfAttribute(test.attribute);
    named.set(keyOf(test), { title, alias: test.source });
  }
  const uses = Map.groupBy(named.values(), ({ title }) => title);
  return new Map(
    [...named].map(([key, { title, alias }]) => [
      key,
      (uses.get(title)?.length ?? 0) > 1 ? WORDS[locale].of(title, alias) : title,
    ]),
  );
}

function keyOf(test: CriterionTest): string {
  return criterionName({ alias: test.source, attribute: test.attribute });
}
