// What is counted to decide whether an audience may leave: not all of its persons, but those who stand alone, whom one person more
// in a contribution moves by no more than the noise of the decision hides. They are never more than all of them.
import type { IdentifierType } from '../identifiers/identifier.ts';
import {
  type Comparison,
  type DifferenceRequest,
  type DifferenceTables,
  smallestDifference,
} from './audience-difference.ts';
import type { Side } from './audience-sql.ts';
import type { Engine, Params } from './engine/engine.ts';
import { identifierTypeNumber } from './identifier-types.ts';
import { activationTable, keysTable, pairsTable } from './tables.ts';

export interface GateRequest {
  readonly match: string;
  /** Ids of the contributions that were matched. */
  readonly left: string;
  readonly right: string;
  readonly types: readonly IdentifierType[];
  readonly comparisons: readonly Comparison[];
}

export interface GateCounts {
  /** Deliverable persons who stand alone. */
  readonly persons: number;
  /** Of the comparisons, the fewest persons standing alone who differ; absent without any. */
  readonly difference?: number;
}

interface GateSelection extends Omit<DifferenceRequest, 'comparisons' | 'tables'> {
  readonly tables: DifferenceTables;
  readonly deliveredSide: Side;
}

/**
 * A person stands alone who has one key of each type and none of whose activation ids is somebody else's; `paired`, when the
 * one person that it is paired with has one key of each type too. Then no change of others passes through it unnoticed.
 */
export async function countForGate(engine: Engine, gate: GateRequest, selection: GateSelection): Promise<GateCounts> {
  const { tables } = selection;
  await writeAlone(engine, gate, selection);
  const [row] = await engine.query<{ n: number }>(
    `SELECT uniqExact(i.person) AS n FROM ${tables.ids.name} AS i
     INNER JOIN (SELECT person FROM ${tables.alone.name} WHERE paired = 1) AS a ON a.person = i.person`,
  );
  const difference = await smallestDifference(engine, { ...selection, comparisons: gate.comparisons });
  return { persons: row?.n ?? 0, ...(difference === undefined ? {} : { difference }) };
}

async function writeAlone(engine: Engine, gate: GateRequest, selection: GateSelection): Promise<void> {
  const { deliveredSide: side, tables } = selection;
  const own = `SELECT DISTINCT person FROM ${keysTable(gate[side]).name}`;
  await engine.command(
    `INSERT INTO ${tables.alone.name}
     SELECT o.person AS person, toUInt8(max(isNotNull(p.person))) AS paired FROM (
       SELECT k.person AS person FROM (${own}) AS k
       ANTI LEFT JOIN (${pluralSql(gate[side])} UNION ALL ${sharingSql(selection)}) AS x ON x.person = k.person
     ) AS o LEFT JOIN (${simplePairsSql(gate, side)}) AS p ON p.person = o.person
     GROUP BY person`,
    paramsOf(gate, selection),
  );
}

/** Persons with several keys of one type: only through them can a change pass on within a type. */
function pluralSql(contribution: string): string {
  return `SELECT person FROM ${keysTable(contribution).name} WHERE has({types:Array(UInt8)}, type)
    GROUP BY person, type HAVING uniqExact(match_key) > 1`;
}

/** Persons one of whose ids is somebody else's as well: that other may bar it. */
function sharingSql({ version }: GateSelection): string {
  const ids = `SELECT person, column, id FROM ${activationTable(version).name} WHERE has({columns:Array(UInt16)}, column)`;
  return `SELECT i.person AS person FROM (${ids}) AS i
    INNER JOIN (SELECT id FROM (${ids}) GROUP BY id HAVING uniqExact(person) > 1) AS s ON s.id = i.id`;
}

/** Persons of the delivered side who are paired once, with a person who is paired once and has one key of each type. */
function simplePairsSql(gate: GateRequest, side: Side): string {
  const other: Side = side === 'left' ? 'right' : 'left';
  const pairs = pairsTable(gate.match).name;
  const single = `SELECT any(left_person) AS l, any(right_person) AS r FROM ${pairs}`;
  const once = `SELECT ${side === 'left' ? 'l' : 'r'} AS person, ${side === 'left' ? 'r' : 'l'} AS partner
    FROM (${single} GROUP BY ${side}_person HAVING count() = 1)`;
  const crowded = `SELECT ${other}_person AS person FROM ${pairs} GROUP BY ${other}_person HAVING count() > 1`;
  return `SELECT o.person AS person FROM (${once}) AS o
    ANTI LEFT JOIN (${crowded} UNION ALL ${pluralSql(gate[other])}) AS x ON x.person = o.partner`;
}

function paramsOf(gate: GateRequest, { activationColumn, composedColumns }: GateSelection): Params {
  return { types: gate.types.map(identifierTypeNumber), columns: composedColumns ?? [activationColumn] };
}
