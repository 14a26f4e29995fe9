// The generator's ids against the product's normalisation: every spelling of one mailbox or line is one value, of two are two.
import { describe, expect, it } from 'vitest';
import { parseDatasetSchema } from '../identifiers/dataset-schema.ts';
import { type IdentifierType, normalise } from '../identifiers/identifier.ts';
import { parsePurposes } from '../identifiers/purposes.ts';
import { UNUSABLE_EMAILS } from './synthetic-people/mailboxes.ts';
import { UNUSABLE_PHONES } from './synthetic-people/phones.ts';
import { makeExchange } from './synthetic-people.ts';

const exchange = makeExchange({ crmRows: 3_000, visitorRows: 4_500 });
const records = [...exchange.osec.records, ...exchange.rando.records];

const inFrance = (type: IdentifierType, raw: string) => normalise(type, raw, { defaultCountry: 'FR' });

/** The distinct normalised values of each id, and the ids of each value. */
function spellings(type: 'email' | 'phone') {
  const valuesOf = new Map<number, Set<string>>();
  const idsOf = new Map<string, Set<number>>();
  for (const { row, carried } of records) {
    const id = type === 'email' ? carried.mailbox : carried.line;
    if (id === undefined) continue;
    const normalised = inFrance(type, row[type]);
    const value = normalised.ok ? normalised.value.reveal() : `refused: ${row[type]} (${normalised.code})`;
    valuesOf.set(id, (valuesOf.get(id) ?? new Set()).add(value));
    idsOf.set(value, (idsOf.get(value) ?? new Set()).add(id));
  }
  return { valuesOf, idsOf };
}

describe.each(['email', 'phone'] as const)('%s', (type) => {
  const { valuesOf, idsOf } = spellings(type);

  it('is accepted in each of its spellings', () => {
    expect([...idsOf.keys()].filter((value) => value.startsWith('refused'))).toEqual([]);
  });

  it('is one value however it is spelled', () => {
    expect([...valuesOf.values()].filter((values) => values.size > 1)).toEqual([]);
  });

  it('is never the value of another', () => {
    expect([...idsOf.values()].filter((ids) => ids.size > 1)).toEqual([]);
  });
});

it('refuses every placeholder that the generator plants', () => {
  for (const raw of UNUSABLE_EMAILS) expect(inFrance('email', raw), raw).toMatchObject({ ok: false });
  for (const raw of UNUSABLE_PHONES) expect(inFrance('phone', raw), raw).toMatchObject({ ok: false });
});

it('has schemas that the product accepts, and purposes it understands but for the flawed ones', () => {
  for (const file of [exchange.osec, exchange.rando])
    expect(parseDatasetSchema(file.schema).name).toBe(file.schema.name);
  for (const { row, flaw } of records)
    expect(parsePurposes(row.purposes).ok, row.purposes).toBe(flaw !== 'consent_invalid');
});
