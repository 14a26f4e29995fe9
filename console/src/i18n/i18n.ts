// What the console says, in the reader's language: `t('frame.signOut')`, with numbers and dates by Intl.
// The languages are loaded apart; a signal tells which, so that a switch redraws everything at once.
import { computed, signal } from '@preact/signals';
import type { en } from './en.ts';
import { type Area, fillMessage, type Message, type ValueNames, type Values } from './message.ts';

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

type Catalogue = typeof en;
export type MessageKey = {
  [A in keyof Catalogue & string]: `${A}.${keyof Catalogue[A] & string}`;
}[keyof Catalogue & string];

type MessageOf<K extends MessageKey> = K extends `${infer A extends keyof Catalogue & string}.${infer M}`
  ? M extends keyof Catalogue[A]
    ? Catalogue[A][M]
    : never
  : never;

type ValuesOf<K extends MessageKey> =
  MessageOf<K> extends infer M extends Message
    ? [ValueNames<M>] extends [never]
      ? []
      : [values: Readonly<Record<ValueNames<M>, string | number>>]
    : never;

/** A key whose message takes no values, as a label does. */
export type LabelKey = { [K in MessageKey]: ValuesOf<K> extends [] ? K : never }[MessageKey];

const STORED_AS = 'ecluse.language';
const catalogue = signal<Readonly<Record<string, Area>>>({});

export const language = signal<Language>('en');
/** With the day before the month in English too, as the service's users are in Europe. */
export const locale = computed(() => (language.value === 'fr' ? 'fr-FR' : 'en-GB'));

export function t<K extends MessageKey>(key: K, ...values: ValuesOf<K>): string {
  return say(key, values[0] ?? {}) ?? key;
}

/** For a key that comes from the service, as a code does; undefined when the catalogue has none. */
export function findMessage(key: string, values: Values = {}): string | undefined {
  return say(key, values);
}

function say(key: string, values: Values): string | undefined {
  const [area = '', name = ''] = key.split('.');
  const message = catalogue.value[area]?.[name];
  return message === undefined ? undefined : fillMessage(message, values, locale.value);
}

/** The stored choice, else the first of the browser's languages that there is. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(STORED_AS) ?? '', ...navigator.languages];
  const found = wanted.map((tag) => tag.slice(0, 2)).find((tag) => LANGUAGES.includes(tag as Language));
  return (found ?? 'en') as Language;
}

export async function speak(chosen: Language): Promise<void> {
  showCatalogue(chosen === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en, chosen);
  document.documentElement.lang = chosen;
}

/** From now on everything is said by this catalogue. */
export function showCatalogue(messages: Readonly<Record<string, Area>>, chosen: Language): void {
  catalogue.value = messages;
  language.value = chosen;
}

export function chooseLanguage(chosen: Language): Promise<void> {
  localStorage.setItem(STORED_AS, chosen);
  return speak(chosen);
}
