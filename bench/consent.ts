// What consent strings add to a load: the same people with and without a column of TC strings, of which each distinct one is decoded
// once. The strings are as long as consent platforms write them, with a bit for each of some 1,300 vendors twice.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { writeTcString } from '../matching/consent-strings/testing/tc-string-writer.ts';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import { loadDataset } from '../matching/load.ts';
import { ONBOARDING_SCHEMA } from './onboarding-files.ts';

export interface ConsentBenchResult {
  readonly rows: number;
  readonly strings: number;
  readonly stringCharacters: number;
  readonly plainSeconds: number;
  /** Every row with one and the same string: what its bytes cost. */
  readonly oneStringSeconds: number;
  readonly stringsSeconds: number;
  /** Against a file without the column; against the same bytes with nothing to decode. */
  readonly addsToPlainPercent: number;
  readonly distinctAddPercent: number;
}

const VENDORS = 1_300;
const WITH_STRINGS: DatasetSchema = {
  ...ONBOARDING_SCHEMA,
  columns: { ...ONBOARDING_SCHEMA.columns, tc: { role: 'consent', kind: 'tcf' } },
};

export async function benchConsent({ rows, strings }: { rows: number; strings: number }): Promise<ConsentBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-consent-'));
  try {
    const texts = Array.from({ length: Math.min(strings, rows) }, (_, n) => stringOf(n));
    const time = (name: string, of: readonly string[] | undefined) => timedLoad(join(folder, name), rows, of);
    const plainSeconds = await time('plain', undefined);
    const oneStringSeconds = await time('one', texts.slice(0, 1));
    const stringsSeconds = await time('strings', texts);
    const percent = (longer: number, base: number) => Math.round((longer / base - 1) * 1000) / 10;
    return {
      rows,
      strings: texts.length,
      stringCharacters: texts[0]?.length ?? 0,
      plainSeconds,
      oneStringSeconds,
      stringsSeconds,
      addsToPlainPercent: percent(stringsSeconds, plainSeconds),
      distinctAddPercent: percent(stringsSeconds, oneStringSeconds),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Distinct for each number; of one in five something is refused. */
function stringOf(n: number): string {
  const day = new Date(Date.UTC(2026, 2, 1) + (n % 100) * 86_400_000).toISOString();
  const skipped = 1 + Math.floor(n / 100);
  const vendors = Array.from({ length: VENDORS }, (_, place) => place + 1).filter(
    (vendor) => (vendor * 7_919 + skipped) % 997 > skipped % 500,
  );
  const consents = n % 5 === 0 ? [1, 2] : [1, 2, 3, 4, 7];
  return writeTcString({
    created: day,
    consents,
    vendorConsents: [...vendors, VENDORS + 1],
    disclosedVendors: [VENDORS],
  });
}

async function timedLoad(folder: string, rows: number, strings: readonly string[] | undefined): Promise<number> {
  await mkdir(join(folder, 'scratch'), { recursive: true });
  const path = join(folder, 'people.csv');
  const sha256 = await writePeople(path, rows, strings);
  const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
  try {
    const started = performance.now();
    const outcome = await loadDataset(engine, {
      source: {
        open: () => createReadStream(path, { highWaterMark: 1 << 20 }),
        format: 'csv',
        compression: 'none',
        sha256,
      },
      schema: strings === undefined ? ONBOARDING_SCHEMA : WITH_STRINGS,
      mode: 'replace',
      version: `dsv_${'0'.repeat(26)}`,
      tenantKey: new Uint8Array(32).fill(1),
      scratchDir: join(folder, 'scratch'),
    });
    const seconds = Math.round(performance.now() - started) / 1000;
    if (outcome.accepted !== rows) throw new Error('the load lost rows');
    return seconds;
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const ACTIVITIES = ['hiking', 'climbing', 'sailing', 'skiing', 'cycling'];
const BLOCK_ROWS = 8_192;

async function writePeople(path: string, rows: number, strings: readonly string[] | undefined): Promise<string> {
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  const hash = createHash('sha256');
  const write = async (text: string) => {
    hash.update(text);
    if (!file.write(text)) await once(file, 'drain');
  };
  const columns = Object.keys((strings === undefined ? ONBOARDING_SCHEMA : WITH_STRINGS).columns);
  await write(`${columns.join(',')}\n`);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    let text = '';
    for (let row = from; row < Math.min(rows, from + BLOCK_ROWS); row++) {
      const digest = createHash('sha256').update(`row ${row}`).digest('hex');
      const phone = digest.slice(32) + digest.slice(0, 32);
      const attributes = `true,${ACTIVITIES[row % 5]},city ${row % 300},${row % 900}.5,2024-0${1 + (row % 9)}-11,false`;
      text += `${digest},${phone},${attributes}${strings === undefined ? '' : `,${strings[row % strings.length]}`}\n`;
    }
    await write(text);
  }
  file.end();
  await once(file, 'finish');
  return hash.digest('hex');
}
