// The visitors of Rando+, which rents hiking gear: accounts made on its site, most of them with a Xandr user id.
import type { Inhabitant } from './households.ts';
import type { Chance } from './random.ts';
import { daysBefore, drawFlaw, drawPurposes, giveContact, type TrueRecord } from './records.ts';

export interface RandoRow {
  visitor_id: string;
  email: string;
  phone: string;
  xandr_id: string;
  activity: string;
  last_rental: string;
  purposes: string;
}

export const RANDO_SCHEMA = {
  name: 'rando-visitors',
  defaultCountry: 'FR',
  columns: {
    visitor_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    xandr_id: { role: 'activation-id', type: 'xandr-user-id' },
    activity: {
      role: 'attribute',
      kind: 'category',
      taxonomy: 'rental/activity',
      categories: ['hiking', 'climbing', 'kayak', 'ski', 'camping', 'cycling'],
    },
    last_rental: { role: 'attribute', kind: 'date', taxonomy: 'rental/last' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
} as const;

const REPEATED_ROW = 0.004;
const SECOND_RECORD = 0.04;

export function randoRecords(
  chance: Chance,
  options: { visitors: readonly Inhabitant[]; rows: number; referenceDay: string },
): TrueRecord<RandoRow>[] {
  const records: TrueRecord<RandoRow>[] = [];
  for (let next = 0; records.length < options.rows; ) {
    const earlier = records.length > 0 ? chance.pick(records.slice(-500)) : undefined;
    if (earlier && earlier.flaw === undefined && chance.happens(REPEATED_ROW)) {
      records.push({ ...earlier, flaw: 'record_id_duplicate' });
      continue;
    }
    const again = next > 0 && chance.happens(SECOND_RECORD);
    const visitor = again ? options.visitors[chance.between(0, next - 1)] : options.visitors[next];
    if (!again) next += 1;
    if (!visitor) throw new RangeError('the population is smaller than the file');
    records.push(randoRecord(chance, { visitor, number: records.length, referenceDay: options.referenceDay }));
  }
  return records;
}

function randoRecord(
  chance: Chance,
  { visitor, number, referenceDay }: { visitor: Inhabitant; number: number; referenceDay: string },
): TrueRecord<RandoRow> {
  const contact = giveContact(chance, visitor, { emailGiven: 0.95, phoneGiven: 0.48, unusable: 0.015 });
  const row: RandoRow = {
    visitor_id: `RV${String(number + 1).padStart(7, '0')}`,
    ...contact.cells,
    xandr_id: chance.happens(0.88) ? `${chance.between(1, 8)}${chance.digits(18)}` : '',
    activity: chance.weighted([
      ['hiking', 70],
      ['camping', 9],
      ['climbing', 7],
      ['cycling', 6],
      ['kayak', 5],
      ['ski', 3],
    ]),
    last_rental: daysBefore(referenceDay, chance.between(0, 900)),
    purposes: drawPurposes(chance),
  };
  if (contact.flaw) return { row, carried: contact.carried, flaw: contact.flaw };
  const flaw = drawFlaw(chance, { attribute_invalid: 0.002, consent_invalid: 0.0015, record_id_missing: 0.001 });
  if (flaw === 'attribute_invalid') row.last_rental = chance.pick(['yesterday', '2025-02-30', '12-05-2025']);
  if (flaw === 'consent_invalid') row.purposes = chance.pick(['ok', 'opt-in']);
  if (flaw === 'record_id_missing') row.visitor_id = '';
  return flaw ? { row, carried: contact.carried, flaw } : { row, carried: contact.carried };
}
