// Customer files of made-up people for the journeys of the data engineer, and what the command line makes of the same file.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Dataset, Salt } from '../../openapi/generated/api.ts';

const CLI = fileURLToPath(new URL('../../partner/cli.ts', import.meta.url));

/** Names with and without accents, quotes, blank and wrong cells, doublets: what a customer file holds. */
export const CRM = [
  'N° client;E-mail;Téléphone portable;Prénom;Ville;Consentement;Inscrit le',
  'c-1;Ada.Lovelace@Example.org;06 39 98 12 34;Ada;Paris;advertising;2024-01-31',
  'c-2;"bob@example.com";+33 6 39 98 12 35;Bob;"Aix; en Provence";advertising;2023-05-01',
  'c-3;zoé@exämple.fr;;Zoé;Épinal;measurement;2022-12-24',
  'c-4;nonsense;12;Eve;Lyon;advertising;2024-02-02',
  'c-5;eve@example.com;123;Eve;Lyon;advertising;2024-02-30',
  'c-1;second@example.org;;Sam;Paris;advertising;2024-03-03',
  'c-7;grace@example.org;0639981236;Grace;grace@example.org;;2021-07-07',
  'c-8;max@example.org;06.39.98.12.37;Max;Nîmes;;',
  '',
].join('\n');

/** Writes `rows` people: each an e-mail address, most a telephone number, one in a thousand neither. */
export function writeCrowd(path: string, rows: number): Promise<void> {
  return pipeline(Readable.from(crowd(rows)), createWriteStream(path));
}

function* crowd(rows: number): Generator<string> {
  yield 'id,email,phone,city,last_order,newsletter\n';
  let lines = '';
  for (let n = 0; n < rows; n++) {
    const phone = n % 5 === 0 ? '' : `06${String(39_980_000 + (n % 19_000)).padStart(8, '0')}`;
    const email = n % 1000 === 999 ? 'nobody' : `Person.${n}@mail${n % 500}.example`;
    const day = String((n % 28) + 1).padStart(2, '0');
    lines += `r${n},${email},${n % 1000 === 999 ? '' : phone},City ${n % 300},2025-03-${day},${n % 3 === 0 ? 'yes' : 'no'}\n`;
    if (lines.length > 1 << 20) {
      yield lines;
      lines = '';
    }
  }
  yield lines;
}

export interface CommandLineHash {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly rejects: string;
}

/** Hashes the same file as the command line does, under the schema and salt of a dataset that there is. */
export function hashByCommandLine(
  folder: string,
  { file, dataset, salt, leaveOut }: { file: string; dataset: Dataset; salt: Salt; leaveOut: readonly string[] },
): CommandLineHash {
  const [schemaFile, saltFile, output] = ['schema.json', 'salt.txt', 'out.csv'].map((name) => join(folder, name));
  writeFileSync(schemaFile!, JSON.stringify(dataset.schema));
  writeFileSync(saltFile!, salt.value);
  const args = [CLI, 'hash', file, '--schema', schemaFile!, '--salt-file', saltFile!, '-o', output!, '--json'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...args, ...leaveOut.flatMap((name) => ['--leave-out', name])],
    { encoding: 'utf8' },
  );
  if (status !== 0 && status !== 3) throw new Error(`the command line ended with ${status}: ${stdout} ${stderr}`);
  const bytes = readFileSync(output!);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, rejects: readFileSync(join(folder, 'out.rejects.csv'), 'utf8') };
}
