// The offline customers of Osec, a maker of raincoats: shops and mail orders, typed in over twenty years.
import type { Inhabitant } from './households.ts';
import type { Chance } from './random.ts';
import { daysBefore, drawFlaw, drawPurposes, giveContact, type TrueRecord } from './records.ts';

export interface OsecRow {
  customer_id: string;
  email: string;
  phone: string;
  last_raincoat: string;
  complaint: string;
  spend: string;
  loyalty: string;
  region: string;
  purposes: string;
}

export const OSEC_SCHEMA = {
  name: 'osec-crm',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    last_raincoat: { role: 'attribute', kind: 'date', taxonomy: 'purchase/raincoat/last' },
    complaint: { role: 'attribute', kind: 'boolean', taxonomy: 'service/complaint/open' },
    spend: { role: 'attribute', kind: 'number', taxonomy: 'purchase/spend/total' },
    loyalty: {
      role: 'attribute',
      kind: 'category',
      taxonomy: 'loyalty/tier',
      categories: ['none', 'bronze', 'silver', 'gold'],
    },
    region: { role: 'attribute', kind: 'category', taxonomy: 'household/region' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
} as const;

/** A repeated row is the same export line twice; a second record is the same customer met again in another shop. */
const REPEATED_ROW = 0.006;
const SECOND_RECORD = 0.05;

export function osecRecords(
  chance: Chance,
  options: { customers: readonly Inhabitant[]; rows: number; referenceDay: string },
): TrueRecord<OsecRow>[] {
  const records: TrueRecord<OsecRow>[] = [];
  for (let next = 0; records.length < options.rows; ) {
    const earlier = records.length > 0 ? chance.pick(records.slice(-500)) : undefined;
    if (earlier && earlier.flaw === undefined && chance.happens(REPEATED_ROW)) {
      records.push({ ...earlier, flaw: 'record_id_duplicate' });
      continue;
    }
    const again = next > 0 && chance.happens(SECOND_RECORD);
    const customer = again ? options.customers[chance.between(0, next - 1)] : options.customers[next];
    if (!again) next += 1;
    if (!customer) throw new RangeError('the population is smaller than the file');
    records.push(osecRecord(chance, { customer, number: records.length, referenceDay: options.referenceDay }));
  }
  return records;
}

function osecRecord(
  chance: Chance,
  { customer, number, referenceDay }: { customer: Inhabitant; number: number; referenceDay: string },
): TrueRecord<OsecRow> {
  const contact = giveContact(chance, customer, { emailGiven: 0.86, phoneGiven: 0.72, unusable: 0.025 });
  const row: OsecRow = {
    customer_id: `OS${String(1_000_000 + number * 7 + chance.between(0, 6))}`,
    ...contact.cells,
    last_raincoat: chance.happens(0.85) ? daysBefore(referenceDay, chance.between(3, 2_600)) : '',
    complaint: chance.weighted([
      ['false', 80],
      ['true', 8],
      ['', 12],
    ]),
    spend: Math.min(chance.heavyTail(28, 1.25), 250_000).toFixed(2),
    loyalty: chance.weighted([
      ['none', 50],
      ['bronze', 30],
      ['silver', 14],
      ['gold', 6],
    ]),
    region: customer.region,
    purposes: drawPurposes(chance),
  };
  if (contact.flaw) return { row, carried: contact.carried, flaw: contact.flaw };
  const flaw = drawFlaw(chance, { attribute_invalid: 0.003, consent_invalid: 0.002, record_id_missing: 0.0015 });
  if (flaw === 'attribute_invalid') row.last_raincoat = chance.pick(['31/12/2024', '2024-13-01', 'last winter']);
  if (flaw === 'consent_invalid') row.purposes = chance.pick(['yes', 'all', 'newsletters']);
  if (flaw === 'record_id_missing') row.customer_id = '';
  return flaw ? { row, carried: contact.carried, flaw } : { row, carried: contact.carried };
}
