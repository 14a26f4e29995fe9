// One load of the consent benchmark in a process of its own, so that its processor time and its peak memory are its own. Holds what the
// engine has afterwards against what is known, and writes one JSON object on stdout.
import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import type { Engine } from '../matching/engine/engine.ts';
import { loadDataset } from '../matching/load.ts';
import { type ConsentFile, REFUSING, schemaOf } from './consent-files.ts';
import { fileBlocks } from './file-blocks.ts';
import { peakMemoryBytes } from './peak-memory.ts';

const VERSION = `dsv_${'0'.repeat(26)}`;

async function load(engine: Engine, file: ConsentFile, scratchDir: string): Promise<void> {
  const outcome = await loadDataset(engine, {
    source: {
      open: () => createReadStream(file.path, { highWaterMark: 1 << 20 }),
      blocks: () => fileBlocks(file.path),
      format: 'csv',
      compression: 'none',
      sha256: file.sha256,
    },
    schema: schemaOf(file),
    mode: 'replace',
    version: VERSION,
    tenantKey: new Uint8Array(32).fill(1),
    scratchDir,
  });
  if (outcome.accepted !== file.rows || outcome.persons !== file.rows) throw new Error('the load lost rows');
}

/** Throws unless every person has the class of their string, and each class says what its string says. */
async function check(engine: Engine, { rows, strings }: ConsentFile): Promise<void> {
  const people = `${VERSION}_people`;
  const count = async (sql: string) =>
    Number((await engine.query<{ n: number }>(`SELECT count() AS n FROM ${sql}`))[0]?.n);
  if ((await count(people)) !== rows) throw new Error('people are missing');
  if (strings === 0) return;
  const first = `SELECT person, consent_class FROM ${people} WHERE person < ${strings}`;
  const otherwise = `${people} AS a INNER JOIN (${first}) AS b ON b.person = a.person % ${strings} WHERE a.consent_class != b.consent_class`;
  if ((await count(otherwise)) !== 0) throw new Error('a person has the class of another string');
  const wanted = JSON.stringify(REFUSING.consents);
  const said = `(${first}) AS f INNER JOIN ${VERSION}_consents AS c ON c.consent_class = f.consent_class`;
  if ((await count(said)) !== strings || (await count(`${VERSION}_consents`)) !== strings) {
    throw new Error('a class says nothing');
  }
  const misread = `${said} WHERE (f.person % ${REFUSING.everyStrings} = 0) != (position(c.said, '"consents":${wanted},') > 0)`;
  if ((await count(misread)) !== 0) throw new Error('a class says what its string does not');
}

const folder = process.argv[2] ?? '';
const file = JSON.parse(await readFile(join(folder, 'file.json'), 'utf8')) as ConsentFile;
const scratchDir = join(folder, 'scratch');
await mkdir(scratchDir, { recursive: true });
const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
const before = process.cpuUsage();
const started = performance.now();
await load(engine, file, scratchDir);
const seconds = Math.round(performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const cpuSeconds = Math.round((user + system) / 1000) / 1000;
const peakMemoryMb = Math.round(peakMemoryBytes() / 1024 / 1024);
await check(engine, file);
await engine.close();
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, peakMemoryMb }), () => process.exit(0));
