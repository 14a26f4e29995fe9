// The generator is an oracle, so it is tested as one: same seed, same bytes; plausible people; a truth that small cases confirm.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCERPT_ROWS, excerpt } from './synthetic-people/excerpt.ts';
import type { Carried, Flaw } from './synthetic-people/records.ts';
import { truePairs, truePersons } from './synthetic-people/truth.ts';
import { makeExchange } from './synthetic-people.ts';

const small = { crmRows: 2_000, visitorRows: 3_000 };
const exchange = makeExchange(small);
const osecRows = exchange.osec.records.map(({ row }) => row);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const share = (rows: readonly unknown[], holds: (row: never) => boolean) =>
  rows.filter((row) => holds(row as never)).length / rows.length;

describe('the files', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    const again = makeExchange(small);
    expect(sha256(again.osec.csv())).toBe(sha256(exchange.osec.csv()));
    expect(sha256(again.rando.csv())).toBe(sha256(exchange.rando.csv()));
    expect(sha256(makeExchange({ ...small, seed: 7 }).osec.csv())).not.toBe(sha256(exchange.osec.csv()));
  });

  it('have exactly the rows asked for, under the columns of their schema', () => {
    for (const [file, rows] of [
      [exchange.osec, 2_000],
      [exchange.rando, 3_000],
    ] as const) {
      const lines = file.csv().trimEnd().split('\n');
      expect(lines).toHaveLength(rows + 1);
      expect(lines[0]).toBe(Object.keys(file.schema.columns).join(','));
    }
  });

  it('write telephone numbers in the manners of six countries', () => {
    const phones = osecRows.map((row) => row.phone);
    for (const manner of [
      /^0[67][ .-]?\d\d[ .-]?\d\d/,
      /^\+44 \(0\)7|^\+447/,
      /^\+49 \(0\)|^\+491/,
      /^\+1 \(\d{3}\) \d{3}-\d{4}$/,
      /^\+34 6/,
      /^\+39 3/,
      /^00(33|44|49|1|34|39)/,
    ]) {
      expect(
        phones.some((phone) => manner.test(phone)),
        String(manner),
      ).toBe(true);
    }
  });

  it('have the placeholders, blanks, Gmail dots and tags, opt-outs and repeated rows that real files have', () => {
    const emails = osecRows.map((row) => row.email);
    expect(emails.some((email) => email.startsWith('noreply@'))).toBe(true);
    expect(emails.some((email) => /^[^@]+\.[^@]+@gmail\.com$/i.test(email))).toBe(true);
    expect(emails.some((email) => /\+\w+@gmail\.com$/i.test(email.trim()))).toBe(true);
    expect(emails.some((email) => /@googlemail\.com$/i.test(email.trim()))).toBe(true);
    expect(osecRows.some((row) => row.phone === '0000000000')).toBe(true);
    expect(share(osecRows, (row: (typeof osecRows)[0]) => row.email === '')).toBeGreaterThan(0.08);
    expect(share(osecRows, (row: (typeof osecRows)[0]) => row.purposes === '')).toBeGreaterThan(0.1);
    expect(new Set(osecRows.map((row) => row.customer_id)).size).toBeLessThan(osecRows.length);
  });

  it('have a spend where the upper tenth spends more than a third', () => {
    const spends = osecRows.map((row) => Number(row.spend)).sort((a, b) => b - a);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(spends.slice(0, spends.length / 10)) / sum(spends)).toBeGreaterThan(1 / 3);
  });

  it('start as the excerpts in examples/ do', () => {
    for (const [name, file] of [
      ['osec', exchange.osec],
      ['rando', exchange.rando],
    ] as const) {
      const folder = new URL('../examples/', import.meta.url);
      const whole = name === 'osec' ? makeExchange().osec : makeExchange().rando;
      expect(readFileSync(new URL(`${name}.csv`, folder), 'utf8')).toBe(excerpt(whole.csv(), EXCERPT_ROWS));
      expect(JSON.parse(readFileSync(new URL(`${name}.schema.json`, folder), 'utf8'))).toEqual(file.schema);
    }
  });
});

const records = (...rows: (Carried & { flaw?: Flaw })[]) =>
  rows.map(({ flaw, ...carried }) => ({ row: {}, carried, ...(flaw ? { flaw } : {}) }));

describe('the truth', () => {
  it('joins the records that share a mailbox or a line, through others too, and numbers persons by first row', () => {
    const persons = truePersons(
      records({ mailbox: 1 }, { line: 5 }, { mailbox: 2 }, { mailbox: 1, line: 9 }, { mailbox: 2, line: 5 }),
    );
    expect(persons.personOfRow).toEqual([0, 1, 1, 0, 1]);
    expect(persons.rowsOfPerson).toEqual([
      [0, 3],
      [1, 2, 4],
    ]);
  });

  it('lets a rejected row join nobody', () => {
    const persons = truePersons(records({ mailbox: 1 }, { mailbox: 1, line: 2, flaw: 'consent_invalid' }, { line: 2 }));
    expect(persons.personOfRow).toEqual([0, undefined, 1]);
  });

  it('pairs a person once, by the strongest type first and in ascending order', () => {
    const left = records({ mailbox: 1, line: 1 }, { line: 2 }, { mailbox: 3 });
    const right = records({ line: 1 }, { mailbox: 1 }, { mailbox: 3, line: 2 });
    const [leftPersons, rightPersons] = [truePersons(left), truePersons(right)];
    expect(truePairs({ left, right, leftPersons, rightPersons, types: ['email', 'phone'] })).toEqual([
      { left: 0, right: 1, type: 'email' },
      { left: 2, right: 2, type: 'email' },
    ]);
  });

  it('adds up: rows are accepted or flawed, pairs are by email or by phone, and each step of the audience loses some', () => {
    const { osec, rando, matched, byIdentifier, audience } = exchange.truth;
    for (const dataset of [osec, rando]) {
      const flawed = Object.values(dataset.flaws).reduce((sum, count) => sum + count, 0);
      expect(dataset.accepted + flawed).toBe(dataset.rows);
      expect(dataset.persons).toBeLessThan(dataset.accepted);
    }
    expect(byIdentifier.email + byIdentifier.phone).toBe(matched);
    expect(byIdentifier.phone).toBeGreaterThan(0);
    expect(matched).toBeGreaterThan(audience.matched);
    expect(audience.matched).toBeGreaterThan(audience.consented);
    expect(audience.consented).toBeGreaterThan(audience.reachable);
  });
});
