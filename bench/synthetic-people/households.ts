// The population: households that share a surname, a postcode, a landline and sometimes a mailbox, and the people in them.
import { type Mailbox, type MailboxMaker, mailboxMaker } from './mailboxes.ts';
import { COUNTRIES, type Country, drawGivenName, drawSurname } from './names.ts';
import { type PhoneLine, type PhoneMaker, phoneMaker } from './phones.ts';
import type { Chance } from './random.ts';

export interface Inhabitant {
  readonly country: Country;
  readonly region: Region;
  /** The first is the one given most often. A family mailbox is given by several inhabitants. */
  readonly mailboxes: readonly Mailbox[];
  readonly lines: readonly PhoneLine[];
}

export const REGIONS = ['brittany', 'loire', 'paris', 'alps', 'south', 'abroad'] as const;
export type Region = (typeof REGIONS)[number];

const HOUSEHOLD_SIZES = [
  [1, 37],
  [2, 33],
  [3, 14],
  [4, 11],
  [5, 5],
] as const;

const FRENCH_REGIONS = [
  ['brittany', 30],
  ['loire', 20],
  ['paris', 25],
  ['alps', 15],
  ['south', 10],
] as const;

export function populate(chance: Chance, { inhabitants: wanted }: { inhabitants: number }): Inhabitant[] {
  const mailboxes = mailboxMaker(chance);
  const lines = phoneMaker(chance);
  const inhabitants: Inhabitant[] = [];
  while (inhabitants.length < wanted) {
    for (const inhabitant of drawHousehold(chance, { mailboxes, lines })) {
      if (inhabitants.length < wanted) inhabitants.push(inhabitant);
    }
  }
  return inhabitants;
}

function drawHousehold(chance: Chance, make: { mailboxes: MailboxMaker; lines: PhoneMaker }): Inhabitant[] {
  const country = chance.weighted(COUNTRIES);
  const surname = drawSurname(chance, country);
  const region: Region = country === 'FR' ? chance.weighted(FRENCH_REGIONS) : 'abroad';
  const size = chance.weighted(HOUSEHOLD_SIZES);
  const landline = chance.happens(0.35) ? make.lines.landline(country) : undefined;
  const family = size > 1 && chance.happens(0.06) ? make.mailboxes.family(surname) : undefined;
  return Array.from({ length: size }, () => {
    const name = {
      given: drawGivenName(chance, country),
      surname: chance.happens(0.85) ? surname : drawSurname(chance, country),
    };
    const mailboxes = [make.mailboxes.personal(name)];
    if (chance.happens(0.25)) mailboxes.push(make.mailboxes.personal(name));
    if (family && chance.happens(0.5)) mailboxes.unshift(family);
    const mobile = chance.happens(0.95) ? make.lines.mobile(country) : undefined;
    const lines = [mobile, landline].filter((line) => line !== undefined);
    return { country, region, mailboxes, lines };
  });
}
