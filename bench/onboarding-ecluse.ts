// Our side of the onboarding benchmark, in a process of its own: the real path from two files to an audience, each
// phase timed, each figure checked against the truth.
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateAudience } from '../matching/audience.ts';
import { contributeDataset } from '../matching/contribute.ts';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import type { Engine } from '../matching/engine/engine.ts';
import { loadDataset } from '../matching/load.ts';
import { matchContributions } from '../matching/match.ts';
import { parseSegment } from '../matching/segment-parser.ts';
import { attributeColumns } from '../matching/tables.ts';
import { type RecordedDecision, release } from '../policies/release.ts';
import { sampleRecordedAllow } from '../policies/testing/sample-decisions.ts';
import { fileBlocks } from './file-blocks.ts';
import { ONBOARDING_SCHEMA, ONBOARDING_SEGMENT, type OnboardingFiles } from './onboarding-files.ts';

export interface PhaseSeconds {
  readonly load: number;
  readonly contribute: number;
  readonly match: number;
  readonly audience: number;
  readonly total: number;
}

const SIDES = ['left', 'right'] as const;
type Side = (typeof SIDES)[number];

const idOf = (prefix: string, side: string) => `${prefix}_${'0'.repeat(25)}${side === 'left' ? '1' : '2'}`;
const keyOf = (fill: number) => new Uint8Array(32).fill(fill);
const KEYS = { left: keyOf(1), right: keyOf(2), collaboration: keyOf(3) };

/** Throws when a figure is not the known one: a fast wrong answer is no answer. */
export async function runEcluse(
  files: OnboardingFiles,
  folder: string,
  open: () => Promise<Engine> = () => openEmbeddedEngine({ dataDir: join(folder, 'engine') }),
): Promise<PhaseSeconds> {
  // A service reads its policies once, when it starts; the engine's start counts, as it does for the peers.
  const allow = sampleRecordedAllow();
  const started = performance.now();
  const engine = await open();
  const load = await timed(() => Promise.all(SIDES.map((side) => loadSide(engine, files, folder, side))));
  const contribute = await timed(() => Promise.all(SIDES.map((side) => contributeSide(engine, folder, side))));
  const match = await timed(() => matchSides(engine, { files, folder, allow }));
  const audience = await timed(() => selectAudience(engine, { files, allow }));
  await engine.close();
  return { load, contribute, match, audience, total: seconds(started) };
}

async function loadSide(engine: Engine, files: OnboardingFiles, folder: string, side: Side): Promise<void> {
  const scratchDir = join(folder, `scratch-${side}`);
  await mkdir(scratchDir);
  const outcome = await loadDataset(engine, {
    source: {
      open: () => createReadStream(files[side].path, { highWaterMark: 1 << 20 }),
      blocks: () => fileBlocks(files[side].path),
      format: 'csv',
      compression: 'none',
      sha256: files[side].sha256,
    },
    schema: ONBOARDING_SCHEMA,
    mode: 'replace',
    version: idOf('dsv', side),
    tenantKey: KEYS[side],
    scratchDir,
  });
  expectEqual('persons', outcome.persons, files.rows);
}

async function contributeSide(engine: Engine, folder: string, side: Side): Promise<void> {
  const summary = await contributeDataset(engine, {
    version: idOf('dsv', side),
    contribution: idOf('con', side),
    tenantKey: KEYS[side],
    collaborationKey: KEYS.collaboration,
    types: ['email', 'phone'],
    scratchDir: folder,
  });
  expectEqual('contributed emails', summary.keysByType.email, summary.persons);
}

interface Judged {
  readonly files: OnboardingFiles;
  readonly allow: RecordedDecision;
}

async function matchSides(engine: Engine, { files: { truth }, folder, allow }: Judged & { folder: string }) {
  const counts = await matchContributions(engine, {
    match: idOf('mat', 'left'),
    left: idOf('con', 'left'),
    right: idOf('con', 'right'),
    types: ['email', 'phone'],
    cardinality: 'one-to-one',
    scratchDir: folder,
  });
  const { matched, byIdentifier } = release(counts, allow).value;
  expectEqual('pairs', matched, truth.pairs);
  expectEqual('pairs by email', byIdentifier.email, truth.byEmail);
  expectEqual('pairs by phone', byIdentifier.phone, truth.byPhone);
}

async function selectAudience(engine: Engine, { files: { truth }, allow }: Judged): Promise<void> {
  const attributes = attributeColumns(ONBOARDING_SCHEMA);
  const size = await evaluateAudience(engine, {
    audience: idOf('aud', 'left'),
    segment: parseSegment(ONBOARDING_SEGMENT),
    sources: SIDES.map((side) => ({ alias: side, version: idOf('dsv', side), side, attributes })),
    match: idOf('mat', 'left'),
  });
  expectEqual('persons of the audience', release(size, allow).value.persons, truth.audience);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return seconds(started);
}

function seconds(started: number): number {
  return (performance.now() - started) / 1000;
}

function expectEqual(what: string, found: number | undefined, known: number): void {
  if (found !== known) throw new Error(`${what}: ${found} found, ${known} known to be true`);
}
