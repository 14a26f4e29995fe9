// Consent of persons as classes: what a load put on record, and what first-party evidence says beside it. Each distinct pair of a
// side is decided once by policies; who is refused, and what else was agreed to, is then a join.
import { PURPOSES } from '../identifiers/purposes.ts';
import type { DenyReason } from '../policies/deny-reason.ts';
import type { Side } from './audience-sql.ts';
import type { Engine } from './engine/engine.ts';
import { evidenceTable, peopleTable, type selectionTables } from './tables.ts';

/** The dataset versions that hold the consent classes: of both sides of a match, or of an own dataset on the left. */
export interface AudiencePeople {
  readonly left: string;
  readonly right?: string;
}

/** One side's people; `selection` names its table of evidence where there is any. */
export interface ConsentPeople {
  readonly side: Side;
  readonly version: string;
  readonly evidenceOf?: string | undefined;
}

export interface ConsentCombination {
  readonly consentClass: number;
  /** 0 where evidence says nothing of these persons. */
  readonly evidence: number;
}

/** What policies decided of one combination: allowed, or refused for a reason. */
export interface ConsentVerdict extends ConsentCombination {
  readonly side: Side;
  readonly refusal: DenyReason | undefined;
  /** All purposes that were allowed of the combination, where a destination is told of them. */
  readonly purposes?: readonly string[];
}

/** A combination that nobody decided is refused. */
export const UNDECIDED: DenyReason = 'consent_missing';

/** Of the whole version, in the audience or not: persons who left an audience may have lost consent, too. */
export async function listConsentCombinations(engine: Engine, people: ConsentPeople): Promise<ConsentCombination[]> {
  const rows = await engine.query<{ consent_class: number; evidence: number }>(
    `SELECT DISTINCT consent_class, evidence FROM (${classesSql(people)}) ORDER BY consent_class, evidence`,
  );
  return rows.map((row) => ({ consentClass: row.consent_class, evidence: row.evidence }));
}

/** Purposes as bits, by their place in the vocabulary: what several sides agree to is what all of their bits have. */
export function purposeBits(purposes: readonly string[]): number {
  return PURPOSES.reduce((bits, purpose, place) => (purposes.includes(purpose) ? bits | (1 << place) : bits), 0);
}

/** Of every number of bits the list of purposes, made once. */
export const PURPOSES_OF_BITS: readonly (readonly string[])[] = Array.from(
  { length: 1 << PURPOSES.length },
  (_, bits) => PURPOSES.filter((_purpose, place) => (bits & (1 << place)) !== 0),
);

/** Every person of a side with the place of the reason that refuses it in the list of reasons, from 1 on; 0 for none. */
export function reasonsSql(decisions: string, people: ConsentPeople): string {
  const decided = `SELECT consent_class, evidence, reason, purposes FROM ${decisions} WHERE side = ${numberOf(people.side)}`;
  return `SELECT p.person AS person, ifNull(d.reason, 1) AS reason, ifNull(d.purposes, 0) AS purposes
    FROM (${classesSql(people)}) AS p
    LEFT JOIN (${decided}) AS d ON d.consent_class = p.consent_class AND d.evidence = p.evidence`;
}

/** Writes the verdicts, a reason as its place in the returned list and 0 for none. */
export async function writeDecisions(
  engine: Engine,
  { decisions }: Pick<ReturnType<typeof selectionTables>, 'decisions'>,
  verdicts: readonly ConsentVerdict[],
): Promise<readonly DenyReason[]> {
  const refusals = verdicts.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  const reasons = [...new Set([UNDECIDED, ...refusals])];
  // Bound lists travel in the address of a request on a cluster, which must stay short.
  const chunk = engine.kind === 'cluster' ? 500 : 20_000;
  for (let start = 0; start < verdicts.length; start += chunk) {
    const part = verdicts.slice(start, start + chunk);
    await engine.command(
      `INSERT INTO ${decisions.name} SELECT v.1, v.2, v.3, v.4, v.5 FROM
        (SELECT arrayJoin(arrayZip({side:Array(UInt8)}, {class:Array(UInt32)}, {evidence:Array(UInt32)},
          {reason:Array(UInt16)}, {purposes:Array(UInt8)})) AS v)`,
      {
        side: part.map(({ side }) => numberOf(side)),
        class: part.map(({ consentClass }) => consentClass),
        evidence: part.map(({ evidence }) => evidence),
        reason: part.map(({ refusal }) => (refusal === undefined ? 0 : reasons.indexOf(refusal) + 1)),
        purposes: part.map(({ purposes = [] }) => purposeBits(purposes)),
      },
    );
  }
  return reasons;
}

function classesSql({ side, version, evidenceOf }: ConsentPeople): string {
  const people = peopleTable(version, []).name;
  if (evidenceOf === undefined) return `SELECT person, consent_class, toUInt32(0) AS evidence FROM ${people}`;
  return `SELECT a.person AS person, a.consent_class AS consent_class, toUInt32(ifNull(e.evidence, 0)) AS evidence
    FROM (SELECT person, consent_class FROM ${people}) AS a
    LEFT JOIN ${evidenceTable(evidenceOf, side).name} AS e ON e.person = a.person`;
}

function numberOf(side: Side): number {
  return side === 'left' ? 0 : 1;
}
