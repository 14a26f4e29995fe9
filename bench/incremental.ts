// What it costs to add a hundredth of new rows to one of two matched datasets: the upsert, the contribution and the match beside the
// same three steps of the whole side. Every figure is checked against the truth; a fast wrong answer ends the run.
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateAudience } from '../matching/audience.ts';
import { contributeDataset } from '../matching/contribute.ts';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import type { Engine } from '../matching/engine/engine.ts';
import { loadDataset } from '../matching/load.ts';
import { matchContributions } from '../matching/match.ts';
import { parseSegment } from '../matching/segment-parser.ts';
import { attributeColumns } from '../matching/tables.ts';
import { release } from '../policies/release.ts';
import { sampleRecordedAllow } from '../policies/testing/sample-decisions.ts';
import { ONBOARDING_SEGMENT, RECORDED_SCHEMA, writeNewcomers, writeOnboardingFiles } from './onboarding-files.ts';

const STEPS = ['load', 'contribute', 'match', 'audience'] as const;

interface Cost {
  readonly wall: number;
  /** User and system time of every thread. */
  readonly cpu: number;
}

type Costs = Readonly<Record<(typeof STEPS)[number], Cost>>;

export interface IncrementalBenchResult {
  readonly rows: number;
  readonly newRows: number;
  /** Seconds of one whole side: its load, its contribution, the match with the other side. */
  readonly full: Costs;
  readonly incremental: Costs;
  /** Load, contribution and match of the increment over those of the whole side. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

type Version = 'left' | 'right' | 'next';
const NUMBERS = { left: 1, right: 2, next: 3 } as const;
const idOf = (prefix: string, version: Version) => `${prefix}_${'0'.repeat(25)}${NUMBERS[version]}`;
const keyOf = (fill: number) => new Uint8Array(32).fill(fill);
const KEYS = { left: keyOf(1), right: keyOf(2), collaboration: keyOf(3) };
const TYPES = ['email', 'phone'] as const;

export async function benchIncremental({ rows }: { rows: number }): Promise<IncrementalBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-incremental-'));
  try {
    const files = await writeOnboardingFiles(folder, rows, RECORDED_SCHEMA);
    const newcomers = await writeNewcomers(folder, rows);
    const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
    const line = new Line(engine, folder);
    await line.load({ side: 'right', file: files.right, version: 'right', persons: rows });
    await line.contribute({ side: 'right', version: 'right' });
    const { pairs, audience } = files.truth;
    const full = await line.run({ file: files.left, version: 'left', persons: rows, pairs, audience });
    const incremental = await line.run({
      file: newcomers,
      version: 'next',
      previous: 'left',
      persons: rows + newcomers.rows,
      pairs: pairs + newcomers.added.pairs,
      audience: audience + newcomers.added.audience,
    });
    await engine.close();
    const ratioOf = (what: keyof Cost) => rounded(matched(incremental, what) / matched(full, what));
    return { rows, newRows: newcomers.rows, full, incremental, ratio: ratioOf('wall'), cpuRatio: ratioOf('cpu') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Loaded {
  readonly side: 'left' | 'right';
  readonly file: { readonly path: string; readonly sha256: string };
  readonly version: Version;
  readonly previous?: Version;
  readonly persons: number;
}

class Line {
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #allow = sampleRecordedAllow();

  constructor(engine: Engine, folder: string) {
    this.#engine = engine;
    this.#folder = folder;
  }

  async run(given: Omit<Loaded, 'side'> & { pairs: number; audience: number }): Promise<Costs> {
    const loaded: Loaded = { ...given, side: 'left' };
    return {
      load: await costOf(() => this.load(loaded)),
      contribute: await costOf(() => this.contribute(loaded)),
      match: await costOf(() => this.#match(given)),
      audience: await costOf(() => this.#select(given)),
    };
  }

  async load({ side, file, version, previous, persons }: Loaded): Promise<void> {
    const scratchDir = join(this.#folder, `scratch-${version}`);
    await mkdir(scratchDir);
    const outcome = await loadDataset(this.#engine, {
      source: {
        open: () => createReadStream(file.path, { highWaterMark: 1 << 20 }),
        format: 'csv',
        compression: 'none',
        sha256: file.sha256,
      },
      schema: RECORDED_SCHEMA,
      mode: previous === undefined ? 'replace' : 'upsert',
      ...(previous && { previousVersion: idOf('dsv', previous) }),
      version: idOf('dsv', version),
      tenantKey: KEYS[side],
      scratchDir,
    });
    expectEqual('persons', outcome.persons, persons);
  }

  async contribute({ side, version, previous }: Pick<Loaded, 'side' | 'version' | 'previous'>): Promise<void> {
    const summary = await contributeDataset(this.#engine, {
      version: idOf('dsv', version),
      contribution: idOf('con', version),
      tenantKey: KEYS[side],
      collaborationKey: KEYS.collaboration,
      types: TYPES,
      scratchDir: this.#folder,
      previous: previous && { version: idOf('dsv', previous), contribution: idOf('con', previous) },
    });
    expectEqual('contributed emails', summary.keysByType.email, summary.persons);
  }

  async #match({ version, pairs }: { version: Version; pairs: number }): Promise<void> {
    const counts = await matchContributions(this.#engine, {
      match: idOf('mat', version),
      left: idOf('con', version),
      right: idOf('con', 'right'),
      types: TYPES,
      cardinality: 'one-to-one',
      scratchDir: this.#folder,
    });
    expectEqual('pairs', release(counts, this.#allow).value.matched, pairs);
  }

  async #select({ version, audience }: { version: Version; audience: number }): Promise<void> {
    const attributes = attributeColumns(RECORDED_SCHEMA);
    const size = await evaluateAudience(this.#engine, {
      audience: idOf('aud', version),
      segment: parseSegment(ONBOARDING_SEGMENT),
      sources: [
        { alias: 'left', version: idOf('dsv', version), side: 'left', attributes },
        { alias: 'right', version: idOf('dsv', 'right'), side: 'right', attributes },
      ],
      match: idOf('mat', version),
    });
    expectEqual('persons of the audience', release(size, this.#allow).value.persons, audience);
  }
}

function matched({ load, contribute, match }: Costs, what: keyof Cost): number {
  return load[what] + contribute[what] + match[what];
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: rounded((performance.now() - started) / 1000), cpu: rounded((user + system) / 1e6) };
}

function expectEqual(what: string, found: number | undefined, known: number): void {
  if (found !== known) throw new Error(`${what}: ${found} found, ${known} known to be true`);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
