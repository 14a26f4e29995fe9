// Mailboxes and the many ways their owners spell them. A mailbox is one id however it is written.
import { domainToASCII } from 'node:url';
import { type PersonName, plainLetters } from './names.ts';
import type { Chance } from './random.ts';

export interface Mailbox {
  readonly id: number;
  /** Letters and digits only, so that a dot or a tag in a spelling is always noise. */
  readonly local: string;
  /** Where the given name ends and a dot looks natural. */
  readonly boundary: number;
  readonly domain: string;
}

/** Gmail alone ignores dots and tags; the other domains are reserved names (RFC 2606), one of them not ASCII. */
const DOMAINS: readonly (readonly [string, number])[] = [
  ['gmail.com', 44],
  ['lamalle.example', 16],
  ['courrier-ouest.example', 14],
  ['boite.example', 12],
  ['poste-atlantique.example', 9],
  ['élan.example', 5],
];

export interface MailboxMaker {
  personal(name: PersonName): Mailbox;
  family(surname: string): Mailbox;
  readonly count: number;
}

export function mailboxMaker(chance: Chance): MailboxMaker {
  const taken = new Set<string>();
  const make = (base: string, boundary: number): Mailbox => {
    const domain = chance.weighted(DOMAINS);
    // Four digits or more on Gmail, to keep away from the short names that real people hold there.
    let local = base + (domain === 'gmail.com' ? chance.digits(4) : '');
    while (taken.has(`${local}@${domain}`)) local += chance.digits(1);
    taken.add(`${local}@${domain}`);
    return { id: taken.size - 1, local, boundary, domain };
  };
  return {
    personal: ({ given, surname }) => {
      const [first, last] = [plainLetters(given), plainLetters(surname)];
      return chance.weighted([
        [() => make(first + last, first.length), 55],
        [() => make(first.slice(0, 1) + last, 1), 15],
        [() => make(last + first, last.length), 15],
        [() => make(first + chance.digits(2), first.length), 15],
      ])();
    },
    family: (surname) => make(`famille${plainLetters(surname)}`, 'famille'.length),
    get count() {
      return taken.size;
    },
  };
}

/** One of the spellings under which a mailbox is typed into a form; every one of them reaches the same mailbox. */
export function spellMailbox(chance: Chance, { local, boundary, domain }: Mailbox): string {
  const gmail = domain === 'gmail.com';
  let writtenLocal = local;
  if (gmail && chance.happens(0.4))
    writtenLocal = withDot(local, chance.happens(0.85) ? boundary : chance.between(1, local.length - 1));
  if (gmail && chance.happens(0.12))
    writtenLocal += `+${chance.pick(['osec', 'promo', 'rando', 'newsletter', '2025'])}`;
  let writtenDomain = domain;
  if (gmail && chance.happens(0.06)) writtenDomain = 'googlemail.com';
  if (!gmail && chance.happens(0.3)) writtenDomain = domainToASCII(domain);
  const written = `${writtenLocal}@${writtenDomain}`;
  const capitalised = chance.happens(0.1)
    ? written.toUpperCase()
    : chance.happens(0.15)
      ? capitalise(written)
      : written;
  return chance.happens(0.05) ? ` ${capitalised} ` : capitalised;
}

/** What people and shop assistants type when there is no address: none of these reaches anybody. */
export const UNUSABLE_EMAILS = [
  'noreply@osec.example',
  'no-reply@rando-plus.example',
  'noreply@gmail.com',
  'n/a',
  'pas de mail',
  'jean.martin@@lamalle.example',
  'dupont.lamalle.example',
  '@gmail.com',
] as const;

function withDot(local: string, at: number): string {
  return `${local.slice(0, at)}.${local.slice(at)}`;
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
