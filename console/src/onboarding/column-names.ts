// What the name of a column says about its role, in English and French. Accents, case and separators do not count.
import type { ColumnSchema } from '../../../identifiers/dataset-schema.ts';

/** `leave-out`: a name, a street, a note: nothing that a dataset may hold. */
export type NamedRole = ColumnSchema | 'leave-out';

const RULES: readonly (readonly [RegExp, NamedRole])[] = [
  [/\b(consent\w*|purposes?|finalites?|opt ?ins?)\b/, { role: 'consent', kind: 'purposes' }],
  [/\b(tcf|tc ?string)\b/, { role: 'consent', kind: 'tcf' }],
  [/\bgpp\b/, { role: 'consent', kind: 'gpp' }],
  [/\b(us ?privacy|usp ?string)\b/, { role: 'consent', kind: 'us-privacy' }],
  [/\b(xandr|appnexus)\b/, { role: 'activation-id', type: 'xandr-user-id' }],
  [/\b(uid2|uid 2|euid)\b/, { role: 'activation-id', type: 'uid2' }],
  [/\bppid\b/, { role: 'activation-id', type: 'ppid' }],
  [
    /\b(idfa|gaid|aaid|maid|rida|tifa|advertising ?id|identifiant publicitaire)\b/,
    { role: 'identifier', type: 'mobile-advertising-id' },
  ],
  [/\bcookie\b/, { role: 'identifier', type: 'cookie-id' }],
  [/\b(e ?mails?|mail|courriel|mel|adresse (e ?mail|electronique))\b/, { role: 'identifier', type: 'email' }],
  [
    /\b(phones?|tel|telephones?|mobile|portable|gsm|cell|cellphone|msisdn|(num|numero) (de )?(tel|telephone|portable|mobile))\b/,
    { role: 'identifier', type: 'phone' },
  ],
  [/\b(prenoms?|first ?name|given ?name|forename|middle ?name)\b/, 'leave-out'],
  [/\b(civilite|salutation|full ?name|raison sociale|societe|company)\b/, 'leave-out'],
  [
    /\b(zip|zip ?code|post ?code|postal ?code|code postal|cp|plz)\b/,
    { role: 'identifier', type: 'postal-address', part: 'postcode' },
  ],
  [
    /\b((house|street|building) ?(number|no|nr)|(num|numero|no) (de |dans la )?(voie|rue))\b/,
    { role: 'identifier', type: 'postal-address', part: 'house-number' },
  ],
  [
    /\b(sur ?name|last ?name|family ?name|nom( de famille)?)\b/,
    { role: 'identifier', type: 'postal-address', part: 'surname' },
  ],
  [
    /\b(adresse|address|street|rue|voie|complement|comments?|commentaires?|notes?|remarques?|password|iban|ssn)\b/,
    'leave-out',
  ],
  [/\b(loyalty|fidelite|carte|card)\b/, { role: 'identifier', type: 'customer' }],
  [
    /\b(event ?(time|date|at)|timestamp|horodatage|occurred at|date (et heure )?(de l )?evenement)\b/,
    { role: 'event-time' },
  ],
  [
    /\b(city|town|ville|commune|country|pays|region|departement|state|segment|category|categorie|statut|status|gender|genre|sexe|langue|language|store|magasin|agence)\b/,
    { role: 'attribute', kind: 'category' },
  ],
  [
    /^(id|uuid|guid|(record|row|crm|person|contact|customer|client|user|external|account|member)( (id|no|nr|number|key))?|identifiant( \w+)?|(no|num|numero|id|code|ref|reference) (de )?(client|contact|membre|adherent))$/,
    { role: 'record-id' },
  ],
];

/** Undefined where the name says nothing. */
export function roleOfName(name: string): NamedRole | undefined {
  const words = wordsOf(name);
  return RULES.find(([pattern]) => pattern.test(words))?.[1];
}

/** "N° client", "clientNumber", "E-MAIL_1" → "no client", "client number", "e mail" */
export function wordsOf(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/n[°º]|n\s?o\b|№/g, 'no ')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/\b(\d+)$/, (digits, _, at: number) => (at > 0 ? '' : digits))
    .replace(/\s+/g, ' ')
    .trim();
}
