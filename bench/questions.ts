// The two questions people wait for: a segment of eight criteria over all persons of a dataset, and the overlap of five
// contributions. Each is asked of the embedded engine several times, and every answer is checked against the known one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { computeAnalysis } from '../matching/analyses/compute.ts';
import { evaluateAudience } from '../matching/audience.ts';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import type { Engine } from '../matching/engine/engine.ts';
import { bytesOf, NativeFile } from '../matching/kernel/native-file.ts';
import { encryptBlocks } from '../matching/kernel/rekey.ts';
import { parseSegment } from '../matching/segment-parser.ts';
import { attributeColumns, keysTable, peopleTable } from '../matching/tables.ts';
import { release } from '../policies/release.ts';
import { sampleRecordedAllow } from '../policies/testing/sample-decisions.ts';

export interface QuestionBenchResult {
  readonly persons: number;
  /** Of each run, in order: the first one reads from disk what the later ones find in memory. */
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly peakMemoryMb: number;
}

const RUNS = 5;
const idOf = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;

const SCHEMA: DatasetSchema = {
  name: 'bench',
  columns: {
    email: { role: 'identifier', type: 'email' },
    member: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    city: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    visits: { role: 'attribute', kind: 'number' },
    last_visit: { role: 'attribute', kind: 'date' },
    born: { role: 'attribute', kind: 'date' },
    complaint: { role: 'attribute', kind: 'boolean' },
  },
};
/** Of each attribute its value for person `number`, in the order of the schema. */
const VALUES = [
  'toUInt8(number % 3 = 0)',
  "concat('activity-', toString(number % 8))",
  "concat('city-', toString(number % 911))",
  'toFloat64(number % 500)',
  'toFloat64(number % 17)',
  "toDate32('2019-01-01') + number % 2500",
  "toDate32('1940-01-01') + number % 20000",
  'toUInt8(number % 20 = 0)',
];
const SEGMENT = `(c.member OR c.visits > 12) AND c.activity IN ("activity-1", "activity-4") AND c.city != "city-7" AND c.spend >= 100
  AND c.last_visit < 2024-07-01 AND c.born > 1960-01-01 EXCEPT c.complaint`;
const SEGMENT_SQL = `(number % 3 = 0 OR number % 17 > 12) AND number % 8 IN (1, 4) AND number % 911 != 7 AND number % 500 >= 100
  AND toDate32('2019-01-01') + number % 2500 < toDate32('2024-07-01')
  AND toDate32('1940-01-01') + number % 20000 > toDate32('1960-01-01') AND number % 20 != 0`;

/** `rows` persons of one dataset, and a segment of eight criteria from text to a stored audience. */
export async function benchSegment({ rows }: { rows: number }): Promise<QuestionBenchResult> {
  return withEngine(async (engine) => {
    const attributes = attributeColumns(SCHEMA);
    const version = idOf('dsv', 1);
    const people = peopleTable(version, attributes);
    await engine.createTable(people);
    await engine.command(`INSERT INTO ${people.name} SELECT number, 0, ${VALUES.join(', ')} FROM numbers({n:UInt64})`, {
      n: rows,
    });
    const [truth] = await engine.query<{ n: number }>(
      `SELECT count() AS n FROM numbers({n:UInt64}) WHERE ${SEGMENT_SQL}`,
      { n: rows },
    );
    const allow = sampleRecordedAllow();
    return timedRuns(rows, async () => {
      const size = await evaluateAudience(engine, {
        audience: idOf('aud', 1),
        segment: parseSegment(SEGMENT),
        sources: [{ alias: 'c', version, side: 'left', attributes }],
      });
      expectEqual(release(size, allow).value.persons, truth?.n ?? -1);
    });
  });
}

const CONTRIBUTIONS = 5;

/** Five contributions of `rows` persons, each with a tenth that the one before lacks. */
export async function benchOverlap({ rows }: { rows: number }): Promise<QuestionBenchResult> {
  return withEngine(async (engine, folder) => {
    const step = Math.floor(rows / 10);
    const contributions = Array.from({ length: CONTRIBUTIONS }, (_, n) => idOf('con', n + 1));
    for (const [n, contribution] of contributions.entries()) {
      await contribute(engine, { contribution, first: n * step, rows, folder });
    }
    const allow = sampleRecordedAllow();
    return timedRuns(rows, async () => {
      const answer = await computeAnalysis(engine, {
        run: idOf('run', 1),
        question: { analysis: 'overlap', contributions, byIdentifier: false },
        contributions: contributions.map((contribution, n) => {
          return { contribution, alias: `c${n}`, version: idOf('dsv', n + 1), schema: SCHEMA };
        }),
        types: ['email'],
        bounding: { key: new Uint8Array(32).fill(1), maxGroups: 1, perGroup: 1 },
      });
      expectEqual(release(answer, allow).value.persons, rows + 2 * step);
    });
  });
}

interface Contributed {
  readonly contribution: string;
  /** The first of the persons, who are numbered alike in every contribution. */
  readonly first: number;
  readonly rows: number;
  readonly folder: string;
}

const BLOCK_ROWS = 1 << 18;

async function contribute(engine: Engine, { contribution, first, rows, folder }: Contributed): Promise<void> {
  const path = join(folder, `${contribution}.native`);
  const file = await NativeFile.create(path);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const length = Math.min(BLOCK_ROWS, rows - from);
    const tokens = Buffer.alloc(length * 16);
    for (let n = 0; n < length; n++) tokens.writeDoubleLE(first + from + n, n * 16);
    await file.write(length, [
      { name: 'match_key', type: 'FixedString(16)', data: [encryptBlocks(new Uint8Array(32).fill(7), tokens)] },
      { name: 'person', type: 'UInt32', data: [bytesOf(Uint32Array.from({ length }, (_, n) => from + n))] },
      { name: 'type', type: 'UInt8', data: [new Uint8Array(length).fill(1)] },
    ]);
  }
  await file.close();
  await engine.adoptFile(keysTable(contribution), { path, rows });
}

async function withEngine<T>(work: (engine: Engine, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-questions-'));
  const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
  try {
    return await work(engine, folder);
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timedRuns(persons: number, ask: () => Promise<void>): Promise<QuestionBenchResult> {
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await ask();
    seconds.push(Math.round(performance.now() - started) / 1000);
  }
  const medianSeconds = [...seconds].sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  return { persons, seconds, medianSeconds, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function expectEqual(found: number, known: number): void {
  if (found !== known) throw new Error(`${found} persons found, ${known} known to be true`);
}
