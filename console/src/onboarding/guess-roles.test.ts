// Rules of the guesses: a name and its values agree, or it says so; nothing that a dataset may not hold is proposed.
import { expect, test } from 'vitest';
import { guessRoles } from './guess-roles.ts';

const guess = (columns: Record<string, readonly string[]>, defaultCountry?: string) => {
  const header = Object.keys(columns);
  const rows = Array.from({ length: Math.max(...Object.values(columns).map((values) => values.length)) }, (_, n) =>
    header.map((name) => columns[name]![n] ?? ''),
  );
  const guesses = guessRoles({ header, rows, ...(defaultCountry === undefined ? {} : { defaultCountry }) });
  return Object.fromEntries(guesses.map(({ column, role, confidence }) => [column, [role, confidence]]));
};
const EMAILS = ['ada@example.org', 'bob@example.org', 'eve@example.com'];
const PHONES = ['06 39 98 12 34', '0639981235', '+33 6 39 98 12 36'];

test.each([
  ['Email', 'email', EMAILS],
  ['adresse_électronique', 'email', EMAILS],
  ['Courriel 1', 'email', EMAILS],
  ['phoneNumber', 'phone', PHONES],
  ['Téléphone portable', 'phone', PHONES],
  ['N° de téléphone', 'phone', PHONES],
])('%s with such values is surely %s', (name, type, values) => {
  expect(guess({ [name]: values }, 'FR')[name]).toEqual([{ role: 'identifier', type }, 'sure']);
});

test('values speak where the name does not', () => {
  const seen = guess(
    { x1: EMAILS, x2: PHONES, x3: ['2024-01-01', '', '2023-12-31'], x4: ['yes', 'no', 'yes'], x5: ['1.5', '22', '-3'] },
    'FR',
  );
  expect(seen).toEqual({
    x1: [{ role: 'identifier', type: 'email' }, 'likely'],
    x2: [{ role: 'identifier', type: 'phone' }, 'likely'],
    x3: [{ role: 'attribute', kind: 'date' }, 'likely'],
    x4: [{ role: 'attribute', kind: 'boolean' }, 'likely'],
    x5: [{ role: 'attribute', kind: 'number' }, 'likely'],
  });
});

test('values that contradict the name are shown as a doubt', () => {
  const seen = guess({ email: ['yes', 'no', 'yes'], consent: ['1', '0', '1'] });
  expect(seen.email).toEqual([{ role: 'attribute', kind: 'boolean' }, 'unsure']);
  expect(seen.consent).toEqual([{ role: 'attribute', kind: 'boolean' }, 'unsure']);
});

test('names, streets and notes are left out', () => {
  const text = ['one', 'two', 'three'];
  const seen = guess({ Prénom: text, first_name: text, adresse: text, Commentaire: text });
  expect(Object.values(seen)).toEqual(Array.from({ length: 4 }, () => [undefined, 'sure']));
});

test('one column is the record id; another of that name is a customer number', () => {
  const seen = guess({ id: ['1', '2', '3'], 'N° client': ['a', 'a', 'b'], Email: EMAILS });
  expect(seen.id).toEqual([{ role: 'record-id' }, 'sure']);
  expect(seen['N° client']).toEqual([{ role: 'identifier', type: 'customer' }, 'unsure']);
});

test('an address is a key only whole', () => {
  const [surname, postcode, house] = [
    ['Nom', ['Petit', 'Roux']],
    ['Code postal', ['75011', '69001']],
    ['N° de rue', ['3', '12']],
  ] as const;
  const whole = guess(Object.fromEntries([surname, postcode, house]));
  expect(Object.values(whole).map(([role]) => role)).toEqual(
    ['surname', 'postcode', 'house-number'].map((part) => ({ role: 'identifier', type: 'postal-address', part })),
  );
  const partly = guess(Object.fromEntries([surname, postcode]));
  expect(partly).toEqual({
    Nom: [undefined, 'likely'],
    'Code postal': [{ role: 'attribute', kind: 'category' }, 'unsure'],
  });
});

test('consent in words is consent; a string of a platform goes by its name', () => {
  const seen = guess({ Consentement: ['advertising;measurement', 'advertising@xandr', ''], tcf: ['CPc', 'CPd'] });
  expect(seen.Consentement).toEqual([{ role: 'consent', kind: 'purposes' }, 'sure']);
  expect(seen.tcf).toEqual([{ role: 'consent', kind: 'tcf' }, 'likely']);
});

test('places and the like are categories by their name, however many there are', () => {
  const cities = Array.from({ length: 60 }, (_, n) => `City ${n}`);
  expect(guess({ Ville: cities, other: cities })).toEqual({
    Ville: [{ role: 'attribute', kind: 'category' }, 'likely'],
    other: [undefined, 'unsure'],
  });
});

test('free text and empty columns are proposed as nothing', () => {
  const seen = guess({ x: ['a long story '.repeat(9), 'b'.repeat(70)], y: ['', ''] });
  expect(seen).toEqual({ x: [undefined, 'likely'], y: [undefined, 'unsure'] });
});

test('a column of hostile names is no rule of the guesses', () => {
  expect(guess({ __proto: EMAILS, constructor: ['a', 'b'] }).constructor).toEqual([
    { role: 'attribute', kind: 'category' },
    'unsure',
  ]);
});
