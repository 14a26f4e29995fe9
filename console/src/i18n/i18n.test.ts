// Both languages say everything, with the same values; numbers and plurals are as the language writes them.
import { afterEach, describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { formatBytes, formatDistance, formatList, formatNumber, formatShare } from './formats.ts';
import { fr } from './fr.ts';
import { findMessage, showCatalogue, t } from './i18n.ts';
import type { Area, Message } from './message.ts';

afterEach(() => showCatalogue(en, 'en'));

type Catalogue = Readonly<Record<string, Area>>;
const messagesOf = (catalogue: Catalogue): [string, Message][] =>
  Object.entries(catalogue).flatMap(([area, messages]) =>
    Object.entries(messages).map(([name, message]): [string, Message] => [`${area}.${name}`, message]),
  );
const placeholdersOf = (message: Message): string[] =>
  [
    ...new Set((typeof message === 'string' ? message : `${message.one} ${message.other}`).match(/\{\w+\}/g) ?? []),
  ].sort();

describe('the catalogues', () => {
  const english = new Map(messagesOf(en));
  const french = new Map(messagesOf(fr));

  test('have the same keys', () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('leave nothing empty and say it with the same values', () => {
    const wrong = [...english].filter(([key, message]) => {
      const other = french.get(key)!;
      const isEmpty = [message, other].some((one) => (typeof one === 'string' ? one : one.other).trim() === '');
      // A count that is only chosen by, not said, may be said in one language.
      const values = (one: Message) =>
        placeholdersOf(one).filter((name) => name !== '{count}' || typeof one === 'string');
      return isEmpty || JSON.stringify(values(message)) !== JSON.stringify(values(other));
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

describe('a message', () => {
  test('is filled, and its numbers are written as the language writes them', () => {
    expect(t('words.fewerThan', { count: 1050 })).toBe('fewer than 1,050');
    showCatalogue(fr, 'fr');
    expect(t('words.fewerThan', { count: 1050 })).toBe('moins de 1\u202f050');
  });

  test('chooses its plural by count', () => {
    expect([0, 1, 2].map((count) => t('words.persons', { count }))).toEqual(['0 persons', '1 person', '2 persons']);
    showCatalogue(fr, 'fr');
    expect([0, 1, 2].map((count) => t('words.persons', { count }))).toEqual([
      '0 personne',
      '1 personne',
      '2 personnes',
    ]);
  });

  test('that does not exist is not found', () => {
    expect(findMessage('reasons.no_such_reason')).toBeUndefined();
  });
});

test('formats follow the language', () => {
  expect([formatNumber(1234.5), formatShare(0.0043), formatShare(0.87)]).toEqual(['1,234.5', '0.43%', '87%']);
  expect([formatBytes(999), formatBytes(1_500_000)]).toEqual(['999 byte', '1.5 MB']);
  expect(formatList(['a', 'b', 'c'])).toBe('a, b and c');
  expect(formatDistance('2026-01-01T00:00:00Z', Date.parse('2026-01-01T03:10:00Z'))).toBe('3 hours ago');
  showCatalogue(fr, 'fr');
  expect(formatNumber(1234.5)).toBe('1\u202f234,5');
  expect(formatList(['a', 'b', 'c'])).toBe('a, b et c');
});
