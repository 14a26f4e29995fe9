// What both files have in common: a record, what it truly carries behind its spelling, and the flaws real files have.
import type { Inhabitant } from './households.ts';
import { spellMailbox, UNUSABLE_EMAILS } from './mailboxes.ts';
import { spellPhone, UNUSABLE_PHONES } from './phones.ts';
import type { Chance } from './random.ts';

/** Why a row can stand for nobody. The first four are told by the load; `unusable_identifiers` by the partner's own check. */
export type Flaw =
  | 'no_identifier'
  | 'unusable_identifiers'
  | 'record_id_duplicate'
  | 'record_id_missing'
  | 'attribute_invalid'
  | 'consent_invalid';

/** The truth of one record, known before any spelling: which mailbox and which line reach this customer. */
export interface Carried {
  readonly mailbox?: number;
  readonly line?: number;
}

export interface TrueRecord<Row> {
  readonly row: Row;
  readonly carried: Carried;
  readonly flaw?: Flaw;
}

export interface ContactCells {
  email: string;
  phone: string;
}

export interface ContactHabits {
  emailGiven: number;
  phoneGiven: number;
  unusable: number;
}

/** Fills the two contact cells of a record and remembers what they truly carry. */
export function giveContact(
  chance: Chance,
  inhabitant: Inhabitant,
  habits: ContactHabits,
): { cells: ContactCells; carried: Carried; flaw?: Flaw } {
  const cells: ContactCells = { email: '', phone: '' };
  const carried: { mailbox?: number; line?: number } = {};
  if (chance.happens(habits.unusable)) cells.email = chance.pick(UNUSABLE_EMAILS);
  else if (chance.happens(habits.emailGiven)) {
    const mailbox = mostly(chance, inhabitant.mailboxes);
    carried.mailbox = mailbox.id;
    cells.email = spellMailbox(chance, mailbox);
  }
  if (chance.happens(habits.unusable)) cells.phone = chance.pick(UNUSABLE_PHONES);
  else if (inhabitant.lines.length > 0 && chance.happens(habits.phoneGiven)) {
    const line = mostly(chance, inhabitant.lines);
    carried.line = line.id;
    cells.phone = spellPhone(chance, line);
  }
  if (carried.mailbox !== undefined || carried.line !== undefined) return { cells, carried };
  const flaw = cells.email === '' && cells.phone === '' ? 'no_identifier' : 'unusable_identifiers';
  return { cells, carried, flaw };
}

/** The flaw of a few rows whose contact is sound, so that no row has two flaws and its code is never a matter of order. */
export function drawFlaw(chance: Chance, rates: Partial<Record<Flaw, number>>): Flaw | undefined {
  for (const [flaw, rate] of Object.entries(rates) as [Flaw, number][]) {
    if (chance.happens(rate)) return flaw;
  }
  return undefined;
}

/** A `purposes` cell: what the person agreed to. Empty is an opt-out, and a few agreements do not name the platform. */
export function drawPurposes(chance: Chance): string {
  return chance.weighted([
    ['advertising@xandr;measurement@xandr', 58],
    ['advertising@xandr', 17],
    ['advertising@xandr, email-marketing', 7],
    ['email-marketing', 3],
    ['measurement@xandr|analytics', 2],
    ['advertising@file', 1],
    ['', 12],
  ]);
}

/** A date `YYYY-MM-DD`, `days` before the reference day. */
export function daysBefore(reference: string, days: number): string {
  return new Date(Date.parse(reference) - days * 86_400_000).toISOString().slice(0, 10);
}

function mostly<T>(chance: Chance, items: readonly T[]): T {
  return chance.happens(0.8) ? items[0]! : chance.pick(items);
}
