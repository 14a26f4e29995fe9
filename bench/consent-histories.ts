// A million random histories of consent, released at three instants: every person who would be delivered is held against an oracle that
// replays the history event by event. What decides is the service's own code: records, merging, classes, policies, and the engine's joins.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectDeliverable } from '../matching/distribute.ts';
import { type ConsentVerdict, listConsentCombinations } from '../matching/distribute-consent.ts';
import { openEmbeddedEngine } from '../matching/engine/embedded.ts';
import type { Engine } from '../matching/engine/engine.ts';
import { writeEvidence } from '../matching/evidence.ts';
import { activationTable, membersTable, peopleTable, selectionTables } from '../matching/tables.ts';
import { type ConsentClass, decidedOnce, decidePersonOfSeveralSources, type Transfer } from '../policies/consent.ts';
import { loadPolicySet } from '../policies/decide.ts';
import {
  type EvidenceRecord,
  evidenceClass,
  evidenceState,
  mergedEvidence,
  NO_EVIDENCE,
} from '../policies/evidence.ts';

export interface HistoriesResult {
  readonly histories: number;
  readonly releases: number;
  readonly delivered: number;
  /** Delivered persons whom the oracle refuses, and refused ones whom it allows. */
  readonly withoutConsent: number;
  readonly wronglyRefused: number;
  readonly seconds: number;
}

const VERSION = `dsv_${'0'.repeat(26)}`;
const AUDIENCE = `aud_${'0'.repeat(26)}`;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
const PURPOSES = ['advertising', 'measurement', 'email-marketing'];
const DESTINATIONS = ['xandr', 'meta'];

/** What the file says of a person, by class. */
const COLUMN: readonly ConsentClass[] = [
  { id: 0, source: 'purposes-column', grants: [] },
  { id: 1, source: 'purposes-column', grants: [{ purpose: 'advertising', destinations: ['xandr'] }] },
  { id: 2, source: 'purposes-column', grants: [{ purpose: 'advertising', destinations: ['meta'] }] },
  { id: 3, source: 'purposes-column', grants: [{ purpose: 'email-marketing', destinations: ['xandr'] }] },
];

interface Event {
  readonly kind: 'grant' | 'withdraw';
  readonly day: number;
  readonly purposes: readonly string[] | null;
  readonly destinations: readonly string[] | null;
  readonly endDay: number | null;
}

export async function benchHistories({
  histories,
  seed,
}: {
  histories: number;
  seed: number;
}): Promise<HistoriesResult> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-histories-'));
  const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
  try {
    await fillVersion(engine, folder, { histories, seed });
    const totals = { delivered: 0, withoutConsent: 0, wronglyRefused: 0 };
    for (const [n, day] of [40, 120, 300].entries()) {
      const purpose = n === 2 ? 'measurement' : 'advertising';
      const released = await release(engine, folder, { histories, seed, day, purpose });
      totals.delivered += released.delivered;
      totals.withoutConsent += released.withoutConsent;
      totals.wronglyRefused += released.wronglyRefused;
    }
    return { histories, releases: 3, ...totals, seconds: Math.round(performance.now() - started) / 1000 };
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The history of a person, the same each time it is asked for. */
function historyOf(seed: number, person: number): { column: number; events: Event[] } {
  const bytes = createHash('sha256').update(`${seed} ${person}`).digest();
  const byte = (at: number) => bytes[at % 32] as number;
  const pick = <T>(values: readonly T[], at: number): T[] => {
    const chosen = values.filter((_, n) => (byte(at) >> n) & 1);
    return chosen.length > 0 ? chosen : [values[0] as T];
  };
  const events = Array.from({ length: byte(0) % 5 }, (_, n): Event => {
    const at = 1 + n * 6;
    const isGrant = byte(at) % 3 !== 0;
    const day = Math.floor((byte(at + 1) / 256) * 320);
    const all = byte(at + 2) % 4 === 0;
    return {
      kind: isGrant ? 'grant' : 'withdraw',
      day,
      purposes: !isGrant && all ? null : pick(PURPOSES, at + 3),
      destinations: !isGrant && byte(at + 4) % 3 === 0 ? null : pick(DESTINATIONS, at + 4),
      endDay: isGrant && byte(at + 5) % 2 === 0 ? day + 1 + (byte(at + 5) % 200) : null,
    };
  });
  return { column: byte(31) % COLUMN.length, events };
}

const instantOf = (day: number): string => new Date(START_MS + day * DAY_MS).toISOString();

/** As the service stores it; what is not known yet at the release is not there. */
function recordOf({ kind, day, purposes, destinations, endDay }: Event): EvidenceRecord {
  return {
    purposes,
    destinations,
    obtainedAt: kind === 'grant' ? instantOf(day) : null,
    expiresAt: endDay === null ? null : instantOf(endDay),
    withdrawnAt: kind === 'withdraw' ? instantOf(day) : null,
  };
}

/** Replays the history day by day: what is in force is set by a grant, cleared by a withdrawal, and gone on its last day. */
function isAllowedByReplay(
  { column, events }: ReturnType<typeof historyOf>,
  { day, purpose, destination }: { day: number; purpose: string; destination: string },
): boolean {
  if (purpose === 'email-marketing') return false;
  const concerns = (event: Event) =>
    (event.purposes?.includes(purpose) ?? true) && (event.destinations?.includes(destination) ?? true);
  let ends: number | undefined;
  let everGranted = false;
  let takenBack = false;
  for (let today = 0; today <= day; today++) {
    const ofToday = events.filter((event) => event.day === today);
    const granted = ofToday.filter((event) => event.kind === 'grant');
    if (granted.length > 0) everGranted = true;
    const here = granted.filter(concerns);
    if (here.length > 0) {
      ends = Math.min(...here.map(({ endDay }) => endDay ?? Infinity));
      takenBack = false;
    }
    if (ofToday.some((event) => event.kind === 'withdraw' && concerns(event))) {
      ends = undefined;
      takenBack = true;
    }
  }
  const written = COLUMN[column]?.grants ?? [];
  const fileSpeaks = written.length > 0;
  const fileAllows = written.some((grant) => grant.purpose === purpose && grant.destinations.includes(destination));
  const formSpeaks = everGranted || takenBack;
  const formAllows = ends !== undefined && day < ends;
  if (!fileSpeaks && !formSpeaks) return false;
  return (!fileSpeaks || fileAllows) && (!formSpeaks || formAllows);
}

async function fillVersion(engine: Engine, folder: string, of: { histories: number; seed: number }): Promise<void> {
  const people = peopleTable(VERSION, []);
  const rows = Buffer.alloc(of.histories * 8);
  for (let person = 0; person < of.histories; person++) {
    rows.writeUInt32LE(person, person * 8);
    rows.writeUInt32LE(historyOf(of.seed, person).column, person * 8 + 4);
  }
  const path = join(folder, 'people.rows');
  await writeFile(path, rows);
  for (const table of [people, activationTable(VERSION), membersTable(AUDIENCE)]) await engine.createTable(table);
  await engine.insertFile({ table: people.name, columns: people.columns }, { path, format: 'RowBinary' });
  await engine.command(
    `INSERT INTO ${activationTable(VERSION).name} SELECT person, toUInt16(0) AS column, toString(person) AS id FROM ${people.name}`,
  );
  await engine.command(
    `INSERT INTO ${membersTable(AUDIENCE).name} SELECT person AS left_person, person AS right_person FROM ${people.name}`,
  );
}

async function release(
  engine: Engine,
  scratchDir: string,
  of: { histories: number; seed: number; day: number; purpose: string },
): Promise<{ delivered: number; withoutConsent: number; wronglyRefused: number }> {
  const destination = 'xandr';
  const transfer: Transfer = { purpose: of.purpose, destinationKind: destination, instant: instantOf(of.day) };
  const selection = `dlv_${String(of.day).padStart(26, '0')}`;
  const evidence = await writeClasses(engine, scratchDir, { ...of, transfer, selection });
  const set = decidedOnce(loadPolicySet());
  const found = await listConsentCombinations(engine, { side: 'left', version: VERSION, evidenceOf: selection });
  const verdicts = found.map((combination): ConsentVerdict => {
    const said = evidence.get(combination.evidence);
    const sources = [COLUMN[combination.consentClass] as ConsentClass, ...(said === undefined ? [] : [said])];
    const { outcome, reasons } = decidePersonOfSeveralSources(set, sources, transfer);
    return { side: 'left', ...combination, refusal: outcome === 'allow' ? undefined : (reasons[0] ?? 'policy_error') };
  });
  await selectDeliverable(engine, {
    selection,
    audience: AUDIENCE,
    people: { left: VERSION },
    deliveredSide: 'left',
    activationColumn: 0,
    verdicts,
    evidence: ['left'],
    suppressions: [],
  });
  const delivered = new Uint8Array(of.histories);
  for await (const rows of engine.stream<{ person: number }>(
    `SELECT person FROM ${selectionTables(selection).ids.name}`,
  )) {
    for (const { person } of rows) delivered[person] = 1;
  }
  const counts = { delivered: 0, withoutConsent: 0, wronglyRefused: 0 };
  for (let person = 0; person < of.histories; person++) {
    const may = isAllowedByReplay(historyOf(of.seed, person), { ...of, destination });
    if (delivered[person] === 1) counts.delivered++;
    if (delivered[person] === 1 && !may) counts.withoutConsent++;
    if (delivered[person] === 0 && may) counts.wronglyRefused++;
  }
  return counts;
}

async function writeClasses(
  engine: Engine,
  scratchDir: string,
  of: { histories: number; seed: number; day: number; transfer: Transfer; selection: string },
): Promise<Map<number, ConsentClass>> {
  const numbers = new Map<string, number>();
  const classes = new Map<number, ConsentClass>();
  const ofPersons = new Map<number, number>();
  for (let person = 0; person < of.histories; person++) {
    // A record of a later day does not exist yet.
    const records = historyOf(of.seed, person)
      .events.filter(({ day }) => day <= of.day)
      .map(recordOf);
    if (records.length === 0) continue;
    const state = records.map((record) => evidenceState(record, of.transfer)).reduce(mergedEvidence, NO_EVIDENCE);
    const facts = evidenceClass(state, of.transfer);
    const key = JSON.stringify(facts);
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    classes.set(number, facts);
    ofPersons.set(person, number);
  }
  await writeEvidence(engine, { selection: of.selection, side: 'left', classes: ofPersons, scratchDir });
  return classes;
}
