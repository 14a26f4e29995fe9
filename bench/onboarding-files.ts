// The two files of the onboarding benchmark: email and phone digests and six attributes a row, 40 % of the people in
// both, and every figure that a run must find known beforehand.
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { flush } from './file-blocks.ts';

export const ONBOARDING_SCHEMA: DatasetSchema = {
  name: 'bench',
  columns: {
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    member: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    city: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    last_visit: { role: 'attribute', kind: 'date' },
    complaint: { role: 'attribute', kind: 'boolean' },
  },
};

/** The same with a record id, which an upsert needs. */
export const RECORDED_SCHEMA: DatasetSchema = {
  name: 'bench-recorded',
  columns: { id: { role: 'record-id' }, ...ONBOARDING_SCHEMA.columns },
};

/** Who the audience is, in the text form of a segment; `isInAudience` is the same in code. */
export const ONBOARDING_SEGMENT =
  'left.last_visit < 2024-07-01 AND right.activity IN ("hiking", "climbing") EXCEPT left.complaint';

export interface OnboardingFiles {
  readonly rows: number;
  readonly left: { readonly path: string; readonly sha256: string };
  readonly right: { readonly path: string; readonly sha256: string };
  readonly truth: {
    readonly pairs: number;
    readonly byEmail: number;
    readonly byPhone: number;
    readonly audience: number;
  };
}

const ACTIVITIES = ['hiking', 'climbing', 'sailing', 'skiing', 'cycling', 'running', 'camping', 'fishing'];
const BLOCK_ROWS = 16_384;

export async function writeOnboardingFiles(
  folder: string,
  rows: number,
  schema = ONBOARDING_SCHEMA,
): Promise<OnboardingFiles> {
  const writeFile = writerOf(schema);
  const ofBoth = Math.floor(rows * 0.4);
  const firstOfBoth = rows - ofBoth;
  const left = await writeFile(join(folder, 'left.csv'), rows, (row) => ({ email: row, phone: row, person: row }));
  // Of the people in both a tenth has another email on the right, and a tenth another telephone number.
  const stranger = 2 ** 40;
  const right = await writeFile(join(folder, 'right.csv'), rows, (row) => {
    const person = firstOfBoth + row;
    if (row >= ofBoth) return { email: person, phone: person, person };
    return {
      email: row % 10 === 0 ? stranger + row : person,
      phone: row % 10 === 1 ? stranger + row : person,
      person: person + 7,
    };
  });
  const truth = { pairs: ofBoth, byEmail: 0, byPhone: 0, audience: 0 };
  for (let row = 0; row < ofBoth; row++) {
    if (row % 10 === 0) truth.byPhone++;
    else truth.byEmail++;
    const here = attributesOf(firstOfBoth + row);
    const there = attributesOf(firstOfBoth + row + 7);
    if (here.day < '2024-07-01' && ['hiking', 'climbing'].includes(there.activity) && !here.complaint) truth.audience++;
  }
  return { rows, left, right, truth };
}

export interface Newcomers {
  readonly rows: number;
  readonly path: string;
  readonly sha256: string;
  /** What they add to the truth of the two files. */
  readonly added: { readonly pairs: number; readonly audience: number };
}

/** New rows for the left file of so many, a hundredth of them: half of the people are known on the right, half to nobody. */
export async function writeNewcomers(folder: string, rows: number): Promise<Newcomers> {
  const count = Math.ceil(rows / 100);
  const known = Math.floor(count / 2);
  const idsOf = (row: number) => {
    const person = row < known ? rows + row : 3 * rows + row;
    return { email: person, phone: person, person };
  };
  const file = await writerOf(RECORDED_SCHEMA)(join(folder, 'newcomers.csv'), count, idsOf, rows);
  let audience = 0;
  for (let row = 0; row < known; row++) {
    const { day, activity, complaint } = attributesOf(rows + row);
    if (day < '2024-07-01' && ['hiking', 'climbing'].includes(activity) && !complaint) audience++;
  }
  return { rows: count, ...file, added: { pairs: known, audience } };
}

interface RowIds {
  readonly email: number;
  readonly phone: number;
  /** Whose attributes the row has. */
  readonly person: number;
}

function writerOf({ columns }: DatasetSchema) {
  return (path: string, rows: number, idsOf: (row: number) => RowIds, firstRecord = 0) =>
    writeRows(path, { names: Object.keys(columns), rows, idsOf, firstRecord });
}

async function writeRows(
  path: string,
  of: { names: readonly string[]; rows: number; idsOf: (row: number) => RowIds; firstRecord: number },
) {
  const { names, rows, idsOf, firstRecord } = of;
  const recordOf = names[0] === 'id' ? (row: number) => `customer-${firstRecord + row},` : () => '';
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  const hash = createHash('sha256');
  const write = async (text: string) => {
    hash.update(text);
    if (!file.write(text)) await once(file, 'drain');
  };
  await write(`${names.join(',')}\n`);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const ids = Array.from({ length: Math.min(BLOCK_ROWS, rows - from) }, (_, n) => idsOf(from + n));
    const emails = digests(
      'email',
      ids.map((id) => id.email),
    );
    const phones = digests(
      'phone',
      ids.map((id) => id.phone),
    );
    const lines = ids.map(
      ({ person }, n) => `${recordOf(from + n)}${emails(n)},${phones(n)},${attributeCells(person)}\n`,
    );
    await write(lines.join(''));
  }
  file.end();
  await once(file, 'finish');
  await flush(path);
  return { path, sha256: hash.digest('hex') };
}

/** Sixty-four hex digits a number, as evenly spread as SHA-256 and much quicker to invent. */
function digests(type: 'email' | 'phone', numbers: readonly number[]): (n: number) => string {
  const blocks = Buffer.alloc(numbers.length * 32);
  numbers.forEach((number, n) => {
    blocks.writeDoubleLE(number, n * 32);
    blocks.writeDoubleLE(number, n * 32 + 16);
    blocks[n * 32 + 31] = 1;
  });
  const cipher = createCipheriv('aes-256-ecb', Buffer.alloc(32, type), null).setAutoPadding(false);
  const hex = cipher.update(blocks).toString('hex');
  return (n) => hex.slice(n * 64, n * 64 + 64);
}

function attributesOf(person: number) {
  const mixed = Math.imul(person, 0x9e3779b1) >>> 0;
  const month = 1 + (mixed % 12);
  return {
    member: mixed % 3 === 0,
    activity: ACTIVITIES[(mixed >>> 4) % ACTIVITIES.length] as string,
    city: (mixed >>> 8) % 911,
    cents: (mixed >>> 12) % 50_000,
    day: `${2019 + ((mixed >>> 5) % 7)}-${month < 10 ? '0' : ''}${month}-${10 + ((mixed >>> 9) % 18)}`,
    complaint: (mixed >>> 7) % 20 === 0,
  };
}

function attributeCells(person: number): string {
  const { member, activity, city, cents, day, complaint } = attributesOf(person);
  return `${member},${activity},city-${city},${(cents / 100).toFixed(2)},${day},${complaint ? 1 : 0}`;
}
