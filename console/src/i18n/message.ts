// A message of the catalogue and how it is filled: `{name}` takes a value, and a plural is chosen by `count`.

/** A sentence, or one for each plural form of its language, chosen by `count`. */
export type Message = string | { readonly one: string; readonly other: string };

export type Area = Readonly<Record<string, Message>>;

/** A catalogue of another language: every key, each free to have plural forms or none. */
export type Translation<A extends Area> = { readonly [Key in keyof A]: Message };

type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

/** Names of the values that a message takes. */
export type ValueNames<M extends Message> = M extends string
  ? Placeholder<M>
  : M extends { one: infer One extends string; other: infer Other extends string }
    ? 'count' | Placeholder<One> | Placeholder<Other>
    : never;

export type Values = Readonly<Record<string, string | number>>;

export function fillMessage(message: Message, values: Values, locale: string): string {
  const text = typeof message === 'string' ? message : message[pluralForm(Number(values.count ?? 0), locale)];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}

function pluralForm(count: number, locale: string): 'one' | 'other' {
  return new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other';
}
