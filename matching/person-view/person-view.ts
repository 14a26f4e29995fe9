// What a version holds of the persons that `findPersonsToErase` found, for the answer to their own question. Reads the tenant's
// own tables alone: nothing of a match, of a partner's contribution or of an audience over one.

import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { Engine } from '../engine/engine.ts';
import type { ErasureVersion, NamedKey } from '../erase/erasure.ts';
import { erasureIdsTable, erasureKeysTable, erasurePersonsTable } from '../erase/erasure-tables.ts';
import { identifierTypeOf } from '../identifier-types.ts';
import {
  activationTable,
  attributeColumns,
  deliveredTable,
  keysTable,
  membersTable,
  peopleTable,
  suppressionTable,
} from '../tables.ts';
import { cellValue, type RecordView, readRecords } from './record-view.ts';

export interface PersonView {
  readonly person: number;
  /** By one of the named keys; else by a key shared with somebody who was. */
  readonly isNamed: boolean;
  /** How many identifiers of each type. */
  readonly identifiers: Readonly<Record<string, number>>;
  readonly consentClass: number;
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>;
  /** As they lie, sealed or not; `column` is the place in the schema. */
  readonly activationIds: readonly { readonly column: number; readonly id: string }[];
  readonly records: readonly RecordView[];
  readonly recordsLeftOut: number;
}

export interface PersonsToView {
  /** Names the working tables. */
  readonly access: string;
  readonly at: ErasureVersion;
  readonly schema: DatasetSchema;
  readonly named: readonly NamedKey[];
  /** Of one person. */
  readonly maxRecords: number;
}

/** One for each person that was found in the version; none where the version is not in the engine. */
export async function viewPersons(engine: Engine, request: PersonsToView): Promise<PersonView[]> {
  const { at, access } = request;
  const existing = new Set(await engine.listTables());
  const people = peopleTable(at.version, []).name;
  if (!existing.has(people) || !existing.has(erasurePersonsTable(access, at.version).name)) return [];
  const attributes = attributeColumns(request.schema);
  const columns = ['consent_class', ...attributes.map(({ column }) => column)].map(
    (column) => `t.${column} AS ${column}`,
  );
  const rows = await engine.query<Record<string, string | number | null>>(
    `SELECT t.person AS person, ${columns.join(', ')} FROM ${people} AS t ${found(request)} ORDER BY person`,
  );
  const keys = await readKeys(engine, request);
  const ids = await readIds(engine, request, existing);
  const records = await readRecords(engine, { ...request, found: found(request), existing });
  return rows.map((row) => {
    const person = Number(row.person);
    const own = keys.filter((key) => key.person === person);
    const held = records.get(person) ?? { records: [], leftOut: 0, isNamed: false };
    return {
      person,
      isNamed: held.isNamed || own.some(({ isNamed }) => isNamed),
      identifiers: Object.fromEntries(own.map(({ type, count }) => [type, count])),
      consentClass: Number(row.consent_class),
      attributes: Object.fromEntries(
        attributes.map(({ attribute, kind, column }) => [attribute, cellValue(kind, row[column])]),
      ),
      activationIds: ids.filter((id) => id.person === person).map(({ column, id }) => ({ column, id })),
      records: held.records,
      recordsLeftOut: held.leftOut,
    };
  });
}

function found({ access, at }: Pick<PersonsToView, 'access' | 'at'>): string {
  return `INNER JOIN (SELECT person FROM ${erasurePersonsTable(access, at.version).name}) AS p ON p.person = t.person`;
}

async function readKeys(engine: Engine, request: PersonsToView) {
  const named = request.named
    .filter(({ dataset }) => dataset === undefined)
    .map(({ key }) => Buffer.from(key).toString('hex'));
  const rows = await engine.query<{ person: number; type: number; n: number | string; named: number | string }>(
    `SELECT t.person AS person, t.type AS type, uniqExact(t.match_key) AS n,
       countIf(has({named:Array(String)}, lower(hex(t.match_key)))) AS named
     FROM ${keysTable(request.at.version).name} AS t ${found(request)} GROUP BY t.person, t.type ORDER BY person, type`,
    { named },
  );
  return rows.map((row) => ({
    person: Number(row.person),
    type: identifierTypeOf(Number(row.type)),
    count: Number(row.n),
    isNamed: Number(row.named) > 0,
  }));
}

async function readIds(engine: Engine, request: PersonsToView, existing: ReadonlySet<string>) {
  const { name } = activationTable(request.at.version);
  if (!existing.has(name)) return [];
  const rows = await engine.query<{ person: number; column: number; id: string }>(
    `SELECT DISTINCT t.person AS person, t.column AS column, t.id AS id FROM ${name} AS t ${found(request)}
     WHERE t.id != '' ORDER BY person, column, id`,
  );
  return rows.map(({ person, column, id }) => ({ person: Number(person), column: Number(column), id }));
}

/** Whether any of them is in an audience over their own dataset, numbered by this version. */
export async function isInAudience(
  engine: Engine,
  of: { access: string; audience: string; version: string },
): Promise<boolean> {
  const [members, persons] = [membersTable(of.audience).name, erasurePersonsTable(of.access, of.version).name];
  const existing = await engine.listTables();
  if (!existing.includes(members) || !existing.includes(persons)) return false;
  return isAny(engine, `${members} AS t INNER JOIN (SELECT person FROM ${persons}) AS p ON p.person = t.left_person`);
}

export interface ToldRound {
  readonly round: number;
  /** 0 where it was sent and never confirmed. */
  readonly state: 'added' | 'removed' | 'unconfirmed';
}

/** What a destination was told of any of their ids, the oldest first; single ids and those composed of several columns. */
export async function toldOf(
  engine: Engine,
  of: { access: string; audience: string; destination: string },
): Promise<ToldRound[]> {
  const { name } = deliveredTable(of.audience, of.destination);
  if (!(await engine.listTables()).includes(name)) return [];
  const without = "arrayMap(part -> substring(part, position(part, ':') + 1), splitByChar('|', t.id))";
  const parts = `SELECT t.round AS round, t.state AS state, arrayJoin(arrayConcat([t.id], ${without})) AS part
    FROM (SELECT id, round, argMax(state, step) AS state FROM ${name} GROUP BY id, round) AS t`;
  const rows = await engine.query<{ round: number; state: number }>(
    `SELECT DISTINCT d.round AS round, d.state AS state FROM (${parts}) AS d
     INNER JOIN (SELECT DISTINCT id FROM ${erasureIdsTable(of.access).name}) AS i ON i.id = d.part ORDER BY round, state`,
  );
  return rows.map(({ round, state }) => ({
    round: Number(round),
    state: Number(state) > 0 ? 'added' : Number(state) < 0 ? 'removed' : 'unconfirmed',
  }));
}

/** Whether any of their identifiers stands on a list of the tenant. */
export async function isSuppressed(engine: Engine, of: { access: string; list: string }): Promise<boolean> {
  const list = suppressionTable(of.list).name;
  if (!(await engine.listTables()).includes(list)) return false;
  const keys = `SELECT match_key FROM ${erasureKeysTable(of.access).name} WHERE dataset = ''`;
  return isAny(engine, `${list} AS t INNER JOIN (${keys}) AS k ON k.match_key = t.match_key`);
}

async function isAny(engine: Engine, from: string): Promise<boolean> {
  const [row] = await engine.query<{ n: number | string }>(`SELECT count() AS n FROM ${from}`);
  return Number(row?.n ?? 0) > 0;
}
