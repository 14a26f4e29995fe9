// From an audience to the activation ids that may leave: consent by class first, suppression last, both as joins.
// A person refused for any reason is reached through no id, not even through one that an allowed person has too.

import type { DenyReason } from '../policies/deny-reason.ts';
import { type Unreleased, unreleased } from '../policies/release.ts';
import { countForGate, type GateCounts, type GateRequest } from './audience-gate.ts';
import type { Side } from './audience-sql.ts';
import { keepPressed, type PressureRequest, pressedPersonsSql } from './contact-pressure.ts';
import {
  type AudiencePeople,
  type ConsentPeople,
  type ConsentVerdict,
  reasonsSql,
  UNDECIDED,
  writeDecisions,
} from './distribute-consent.ts';
import { type Objection, withPurposesSql, writeObjections } from './distribute-told.ts';
import type { Engine, Params } from './engine/engine.ts';
import { namedPersonsSql, type SuppressionCheck } from './suppression-check.ts';
import { activationTable, membersTable, selectionTables } from './tables.ts';

export interface DeliverableRequest {
  /** The activation (for a forecast) or delivery that names the working tables. */
  readonly selection: string;
  readonly audience: string;
  readonly people: AudiencePeople;
  /** The side whose persons are reached, by the ids of one activation column of its dataset. */
  readonly deliveredSide: Side;
  readonly activationColumn: number;
  /** Several columns of sealed ids: each person leaves as one id, `<column>:<id>` of every column, sorted, between bars. */
  readonly composedColumns?: readonly number[];
  readonly verdicts: readonly ConsentVerdict[];
  readonly suppressions: readonly SuppressionCheck[];
  /** The destination is told of the purposes that the verdicts name; of a purpose, whom lists that are about it alone bar. */
  readonly told?: { readonly objections: readonly Objection[] };
  /** Lists of persons whom other audiences of the tenant have. */
  readonly exclusions?: readonly SuppressionCheck[];
  /** By how many audiences a person may be reached; absent where nobody set a bound. */
  readonly pressure?: PressureChecks;
  /** What is to be counted to decide whether the audience may leave; absent over an own dataset. */
  readonly gate?: GateRequest;
  /** The sides whose `<selection>_evidence_<side>` was filled. */
  readonly evidence?: readonly Side[];
}

/** What the destinations were told; in a collaboration also the list of those who were left out before. */
export interface PressureChecks {
  readonly request: PressureRequest;
  readonly kept?: { readonly checks: readonly SuppressionCheck[]; readonly contribution: string };
}

export type RefusalReason =
  | DenyReason
  | 'excluded_audience'
  | 'marketing_pressure'
  | 'activation_id_missing'
  | 'activation_id_of_refused_person';

/** Beside consent, why a person is left out; of several the first. */
const LEFT_OUT: readonly RefusalReason[] = ['suppressed', 'excluded_audience', 'marketing_pressure'];

/** Persons of the delivered side, each counted once, under the first reason that refused it. */
export interface DeliverableCounts {
  readonly persons: number;
  readonly consented: number;
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly deliverable: number;
  /** Distinct ids of the deliverable persons. */
  readonly ids: number;
  /** Where a gate asked for them. */
  readonly gate?: GateCounts;
}

type Tables = ReturnType<typeof selectionTables>;

/**
 * Selects the ids that may leave into `<selection>_ids`, which `deliveryDelta` compares with what was delivered.
 * A person of several pairs is deliverable only if every pair's consent allows. A person leaves once, by the first of
 * its ids in text order, however many it has; and an id leaves once, however many persons have it.
 */
export async function selectDeliverable(
  engine: Engine,
  request: DeliverableRequest,
): Promise<Unreleased<DeliverableCounts>> {
  const tables = selectionTables(request.selection);
  const { decisions, judged, suppressed, objected, candidates, barred, alone } = tables;
  const working = [decisions, judged, suppressed, objected, candidates, barred, alone];
  await Promise.all(
    [...working, tables.ids].map(async (table) => {
      await engine.dropTable(table.name);
      await engine.createTable(table);
    }),
  );
  const reasons = await writeDecisions(engine, tables, request.verdicts);
  await judgeConsent(engine, tables, request);
  for (const check of request.suppressions) await writeLeftOut(engine, tables, { check, request, why: 'suppressed' });
  for (const check of request.exclusions ?? []) {
    await writeLeftOut(engine, tables, { check, request, why: 'excluded_audience' });
  }
  await writePressed(engine, tables, request);
  await writeObjections(engine, tables, request, request.told?.objections ?? []);
  await writeIds(engine, tables, request);
  const counts = await countDeliverable(engine, tables, reasons);
  const gate = await gateCounts(engine, tables, request);
  await Promise.all(working.map((table) => engine.dropTable(table.name)));
  return unreleased(gate === undefined ? counts : { ...counts, gate });
}

async function gateCounts(
  engine: Engine,
  tables: Tables,
  request: DeliverableRequest,
): Promise<GateCounts | undefined> {
  const { gate, activationColumn, composedColumns, deliveredSide } = request;
  if (gate === undefined) return undefined;
  const judged = reasonsSql(tables.decisions.name, peopleOf(request, deliveredSide));
  return countForGate(engine, gate, {
    tables,
    version: peopleOf(request, deliveredSide).version,
    deliveredSide,
    activationColumn,
    composedColumns,
    refusedPersons: `SELECT person FROM (${judged}) WHERE reason > 0`,
  });
}

/** One row for each person of the delivered side: 0, or the reason why consent refuses it. */
async function judgeConsent(engine: Engine, tables: Tables, request: DeliverableRequest): Promise<void> {
  const judged = (side: Side) => reasonsSql(tables.decisions.name, peopleOf(request, side));
  const sides = request.people.right === undefined ? (['left'] as const) : (['left', 'right'] as const);
  // A person who is missing in its version was decided by nobody.
  const reasons = sides.map((side) => `ifNull(${side}_judged.reason, 1)`).join(', ');
  const purposes = sides.map((side) => `ifNull(${side}_judged.purposes, 0)`);
  const agreed = purposes.length > 1 ? `bitAnd(${purposes.join(', ')})` : purposes[0];
  const joins = sides.map(
    (side) => `LEFT JOIN (${judged(side)}) AS ${side}_judged ON ${side}_judged.person = m.${side}_person`,
  );
  await engine.command(
    `INSERT INTO ${tables.judged.name}
     SELECT m.${request.deliveredSide}_person AS person, max(${sides.length > 1 ? `greatest(${reasons})` : reasons}) AS reason,
       groupBitAnd(${agreed}) AS purposes
     FROM ${membersTable(request.audience).name} AS m ${joins.join(' ')}
     GROUP BY person`,
  );
}

function peopleOf(request: DeliverableRequest, side: Side): ConsentPeople {
  const version = request.people[side];
  if (version === undefined) throw new Error(`the audience has no ${side} side`);
  const evidenceOf = request.evidence?.includes(side) ? request.selection : undefined;
  return { side, version, evidenceOf };
}

/** The persons of the delivered side whom one list names, themselves or through the person they are paired with. */
async function writeLeftOut(
  engine: Engine,
  tables: Tables,
  { check, request, why }: { check: SuppressionCheck; request: DeliverableRequest; why: RefusalReason },
): Promise<void> {
  await insertLeftOut(engine, tables, { sql: namedPersonsSql(check, request), params: {}, why });
}

async function insertLeftOut(
  engine: Engine,
  tables: Tables,
  { sql, params, why }: { sql: string; params: Params; why: RefusalReason },
): Promise<void> {
  const number = LEFT_OUT.indexOf(why);
  await engine.command(
    `INSERT INTO ${tables.suppressed.name} SELECT person, toUInt8(${number}) AS why FROM (${sql})`,
    params,
  );
}

/** Whoever other audiences reached as often as the bound allows, and in a collaboration whoever was left out for it before. */
async function writePressed(engine: Engine, tables: Tables, request: DeliverableRequest): Promise<void> {
  if (request.pressure === undefined) return;
  const { request: asked, kept } = request.pressure;
  const pressed = pressedPersonsSql(asked, new Set(await engine.listTables()));
  const why = 'marketing_pressure';
  if (kept === undefined) return insertLeftOut(engine, tables, { ...pressed, why });
  const [check] = kept.checks;
  if (check === undefined || !('collaboration' in check))
    throw new Error('whoever is left out is kept in a collaboration');
  const { list, collaboration } = check;
  await keepPressed(engine, { list, collaboration, contribution: kept.contribution, pressed });
  for (const one of kept.checks) await writeLeftOut(engine, tables, { check: one, request, why });
}

async function writeIds(engine: Engine, tables: Tables, request: DeliverableRequest): Promise<void> {
  const composed = request.composedColumns;
  const stored = `SELECT person, column, id FROM ${activationTable(peopleOf(request, request.deliveredSide).version).name}
    WHERE column IN {columns:Array(UInt16)} AND id != ''`;
  const written = composed === undefined ? 's.id' : "concat(toString(s.column), ':', s.id)";
  const ids = `SELECT s.person AS person, ${written} AS id FROM (${stored}) AS s`;
  const params = { columns: composed ?? [request.activationColumn] };
  await engine.command(
    `INSERT INTO ${tables.candidates.name}
     SELECT a.person AS person, a.id AS id FROM (${ids}) AS a
     INNER JOIN (${deliverablePersonsSql(tables)}) AS p ON p.person = a.person`,
    params,
  );
  const refused = `SELECT person FROM ${tables.judged.name} WHERE reason > 0 UNION ALL SELECT person FROM ${tables.suppressed.name}`;
  await engine.command(
    `INSERT INTO ${tables.barred.name}
     SELECT a.id AS id FROM (${ids}) AS a INNER JOIN (SELECT DISTINCT person FROM (${refused})) AS r ON r.person = a.person`,
    params,
  );
  const cleared = `SELECT c.id AS id, c.person AS person FROM ${tables.candidates.name} AS c
    ANTI LEFT JOIN ${tables.barred.name} AS barred ON barred.id = c.id`;
  const told = composed === undefined ? 'argMin(k.purposes, k.id)' : 'groupBitAnd(k.purposes)';
  const agreed = request.told === undefined ? 'toUInt8(0)' : told;
  const chosen = composed === undefined ? 'min(k.id)' : "arrayStringConcat(arraySort(groupUniqArray(k.id)), '|')";
  await engine.command(
    `INSERT INTO ${tables.ids.name}
     SELECT w.id AS id, min(w.person) AS person, groupBitAnd(w.purposes) AS purposes FROM (
       SELECT ${chosen} AS id, k.person AS person, ${agreed} AS purposes
       FROM (${request.told === undefined ? cleared : withPurposesSql(tables, cleared)}) AS k GROUP BY k.person
     ) AS w GROUP BY w.id`,
  );
}

/** An anti-join on a key that cannot be NULL: unlike NOT IN it neither keeps nor drops everybody for a NULL or an empty list. */
function deliverablePersonsSql(tables: Tables): string {
  return `SELECT j.person AS person FROM (SELECT person FROM ${tables.judged.name} WHERE reason = 0) AS j
    ANTI LEFT JOIN ${tables.suppressed.name} AS s ON s.person = j.person`;
}

async function countDeliverable(
  engine: Engine,
  tables: Tables,
  reasons: readonly DenyReason[],
): Promise<DeliverableCounts> {
  const byReason = await engine.query<{ reason: number; persons: number }>(
    `SELECT reason, count() AS persons FROM ${tables.judged.name} GROUP BY reason ORDER BY reason`,
  );
  const cleared = await count(engine, `SELECT count() AS n FROM (${deliverablePersonsSql(tables)})`);
  const identified = await count(engine, `SELECT uniqExact(person) AS n FROM ${tables.candidates.name}`);
  const deliverable = await count(
    engine,
    `SELECT uniqExact(c.person) AS n FROM ${tables.candidates.name} AS c
     ANTI LEFT JOIN ${tables.barred.name} AS barred ON barred.id = c.id`,
  );
  const ids = await count(engine, `SELECT count() AS n FROM ${tables.ids.name}`);
  const consented = byReason.find(({ reason }) => reason === 0)?.persons ?? 0;
  const refused: Partial<Record<RefusalReason, number>> = {};
  const note = (reason: RefusalReason, persons: number) => {
    if (persons > 0) refused[reason] = (refused[reason] ?? 0) + persons;
  };
  for (const { reason, persons } of byReason) if (reason > 0) note(reasons[reason - 1] ?? UNDECIDED, persons);
  const leftOut = await engine.query<{ why: number; persons: number }>(
    `SELECT s.why AS why, count() AS persons
     FROM (SELECT person, min(why) AS why FROM ${tables.suppressed.name} GROUP BY person) AS s
     INNER JOIN (SELECT person FROM ${tables.judged.name} WHERE reason = 0) AS j ON j.person = s.person
     GROUP BY why ORDER BY why`,
  );
  for (const { why, persons } of leftOut) note(LEFT_OUT[why] ?? 'suppressed', persons);
  note('activation_id_missing', cleared - identified);
  note('activation_id_of_refused_person', identified - deliverable);
  const persons = byReason.reduce((sum, row) => sum + row.persons, 0);
  return { persons, consented, refused, deliverable, ids };
}

async function count(engine: Engine, sql: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(sql);
  return row?.n ?? 0;
}
