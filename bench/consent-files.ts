// The files of the consent benchmark: people with a known string each, as long as consent platforms write them, with a bit for each of
// some 1,300 vendors twice.
import { createHash, hash as digestOf } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { writeTcString } from '../matching/consent-strings/testing/tc-string-writer.ts';
import { flush } from './file-blocks.ts';
import { ONBOARDING_SCHEMA } from './onboarding-files.ts';

export interface ConsentFile {
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
  /** Distinct ones; row n has the string of n modulo this. 0 for a file without the column. */
  readonly strings: number;
}

export function schemaOf({ strings }: Pick<ConsentFile, 'strings'>): DatasetSchema {
  if (strings === 0) return ONBOARDING_SCHEMA;
  return { ...ONBOARDING_SCHEMA, columns: { ...ONBOARDING_SCHEMA.columns, tc: { role: 'consent', kind: 'tcf' } } };
}

const VENDORS = 1_300;
/** Whoever has one of these agreed to less than everybody else. */
export const REFUSING = { everyStrings: 5, consents: [1, 2] };

/** Distinct for each number. */
export function stringOf(n: number): string {
  const day = new Date(Date.UTC(2026, 2, 1) + (n % 100) * 86_400_000).toISOString();
  const skipped = 1 + Math.floor(n / 100);
  const vendors = Array.from({ length: VENDORS }, (_, place) => place + 1).filter(
    (vendor) => (vendor * 7_919 + skipped) % 997 > skipped % 500,
  );
  return writeTcString({
    created: day,
    consents: n % REFUSING.everyStrings === 0 ? REFUSING.consents : [1, 2, 3, 4, 7],
    vendorConsents: [...vendors, VENDORS + 1],
    disclosedVendors: [VENDORS],
  });
}

const ACTIVITIES = ['hiking', 'climbing', 'sailing', 'skiing', 'cycling'];
const BLOCK_ROWS = 8_192;

/** `texts` empty: without the column. */
export async function writeConsentFile(path: string, rows: number, texts: readonly string[]): Promise<ConsentFile> {
  const strings = texts.length;
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  const hash = createHash('sha256');
  const write = async (text: string) => {
    const bytes = Buffer.from(text, 'latin1');
    hash.update(bytes);
    if (!file.write(bytes)) await once(file, 'drain');
  };
  await write(`${Object.keys(schemaOf({ strings }).columns).join(',')}\n`);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    let text = '';
    for (let row = from; row < Math.min(rows, from + BLOCK_ROWS); row++) {
      const digest = digestOf('sha256', `row ${row}`);
      const phone = digest.slice(32) + digest.slice(0, 32);
      const attributes = `true,${ACTIVITIES[row % 5]},city ${row % 300},${row % 900}.5,2024-0${1 + (row % 9)}-11,false`;
      text += `${digest},${phone},${attributes}${strings === 0 ? '' : `,${texts[row % strings]}`}\n`;
    }
    await write(text);
  }
  file.end();
  await once(file, 'finish');
  await flush(path);
  return { path, sha256: hash.digest('hex'), rows, strings };
}
