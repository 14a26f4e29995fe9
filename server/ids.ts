// Prefixed ULIDs: an id says what it names and sorts by the millisecond it was made in.
import { randomBytes } from 'node:crypto';

export const ID_PREFIXES = {
  tenant: 'ten',
  member: 'mem',
  apiKey: 'key',
  session: 'ses',
  salt: 'slt',
  dataset: 'dts',
  datasetVersion: 'dsv',
  upload: 'upl',
  load: 'lod',
  job: 'job',
  collaboration: 'col',
  invitation: 'inv',
  changeProposal: 'chg',
  contribution: 'con',
  match: 'mat',
  run: 'run',
  segment: 'seg',
  audience: 'aud',
  destination: 'dst',
  activation: 'act',
  approval: 'apr',
  delivery: 'dlv',
  schedule: 'sch',
  exclusion: 'exc',
  deadLetter: 'dlt',
  removal: 'rmv',
  consentRecord: 'csn',
  consentChange: 'cch',
  suppressionList: 'sup',
  deletionRequest: 'del',
  accessRequest: 'acc',
  eventWebhook: 'whk',
  debit: 'deb',
  decision: 'dec',
  policyVersion: 'pol',
  keyExport: 'exp',
  breakGlassRead: 'brk',
  event: 'evt',
} as const;

export type IdPrefix = (typeof ID_PREFIXES)[keyof typeof ID_PREFIXES];
export type Id<P extends IdPrefix = IdPrefix> = `${P}_${string}`;

export const ID_PATTERN = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const PREFIX_CHARACTERS = 'xxx_'.length;
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 10;

export type RandomSource = (size: number) => Uint8Array;

/** A new id; `nowMs` and `random` are arguments so that tests can fix both. */
export function newId<P extends IdPrefix>(
  prefix: P,
  nowMs: number = Date.now(),
  random: RandomSource = randomBytes,
): Id<P> {
  return `${prefix}_${timePart(nowMs)}${randomPart(random(RANDOM_BYTES))}`;
}

export function isId<P extends IdPrefix>(text: string, prefix?: P): text is Id<P> {
  return ID_PATTERN.test(text) && (prefix === undefined || text.startsWith(`${prefix}_`));
}

/** By the clock of whoever made the id, to the millisecond. */
export function isMadeBefore(id: Id, instantMs: number): boolean {
  return id.slice(PREFIX_CHARACTERS, PREFIX_CHARACTERS + TIME_CHARACTERS) < timePart(instantMs);
}

function timePart(nowMs: number): string {
  let rest = BigInt(nowMs);
  let text = '';
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    text = ALPHABET[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

function randomPart(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < (bytes.length * 8) / 5; i++) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}
