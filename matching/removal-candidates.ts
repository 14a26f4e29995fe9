// Which ids a person may be known by at a destination: its own activation ids and, where a partner's persons were delivered,
// those of whoever it was paired with. Found from keys alone, so that it can be asked before a person's rows are destroyed.
import { stat } from 'node:fs/promises';
import type { Side } from './audience-sql.ts';
import { type ConsentPeople, reasonsSql } from './distribute-consent.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { insertSuppressionKeys } from './suppression.ts';
import {
  activationTable,
  deliveredTable,
  keysTable,
  pairsTable,
  removalTables,
  selectionTables,
  suppressionTable,
} from './tables.ts';

/** Persons of a dataset version: those of a list of keys, or all. */
export type PersonsOf = NamedPersonsOf & {
  /** Of them only those whom the verdicts of a selection refuse. */
  readonly refused?: { readonly selection: string; readonly people: ConsentPeople };
};

type NamedPersonsOf =
  | { readonly version: string; readonly by: 'digest'; readonly list: string }
  /** `column` is the record id's place in the schema. */
  | { readonly version: string; readonly by: 'record-id'; readonly list: string; readonly column: number }
  | { readonly version: string; readonly by: 'all' };

/** How the partner's side is reached: by the pairs of a match that still stands, or by equal keys of both contributions. */
export interface PartnerReach {
  readonly side: Side;
  readonly version: string;
  readonly partnerVersion: string;
  readonly match?: string | undefined;
  readonly contribution: string;
  readonly partnerContribution: string;
}

export interface CandidatesRequest {
  readonly removal: string;
  readonly persons: readonly PersonsOf[];
  /** Each only for the persons of its own version: pairs number them as it does. */
  readonly partners?: readonly PartnerReach[];
}

/** Writes a file of keys, sixteen bytes each under the tenant's key, to a list that `dropKeyList` takes away again. */
export async function loadKeyList(engine: Engine, file: { list: string; path: string }): Promise<void> {
  await engine.dropTable(suppressionTable(file.list).name);
  await insertSuppressionKeys(engine, file);
}

export async function dropKeyList(engine: Engine, list: string): Promise<void> {
  await engine.dropTable(suppressionTable(list).name);
}

/** Fills `<removal>_sought`, which is made anew: each id as it stands, and as a part of a composed one. */
export async function writeCandidates(engine: Engine, request: CandidatesRequest): Promise<void> {
  const { candidates } = removalTables(request.removal);
  await engine.dropTable(candidates.name);
  await engine.createTable(candidates);
  const existing = new Set(await engine.listTables());
  for (const persons of request.persons) {
    const activation = activationTable(persons.version).name;
    // A version whose load was never published, or was dropped since, knows nobody.
    if (!existing.has(keysTable(persons.version).name) || !existing.has(activation)) continue;
    await insertIds(engine, { candidates: candidates.name, activation, persons: personsSql(persons) });
    for (const partner of request.partners ?? []) {
      if (partner.version !== persons.version) continue;
      const through = partnerPersonsSql(partner, personsSql(persons), existing);
      const partners = activationTable(partner.partnerVersion).name;
      if (through === undefined || !existing.has(partners)) continue;
      await insertIds(engine, { candidates: candidates.name, activation: partners, persons: through });
    }
  }
}

/** The candidates in pages, each id once. */
export async function* listCandidates(
  engine: Engine,
  of: { removal: string; pageIds: number },
): AsyncGenerator<string[]> {
  const { candidates } = removalTables(of.removal);
  let page: string[] = [];
  for await (const rows of engine.stream<{ id: string }>(`SELECT DISTINCT id FROM ${candidates.name} ORDER BY id`)) {
    for (const { id } of rows) {
      page.push(id);
      if (page.length < of.pageIds) continue;
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

/** Fills `<removal>_sought`, which is made anew, from a file of strings in RowBinary. */
export async function insertCandidates(engine: Engine, of: { removal: string; path: string }): Promise<void> {
  const { candidates } = removalTables(of.removal);
  await engine.dropTable(candidates.name);
  await engine.createTable(candidates);
  const { size } = await stat(of.path);
  if (size === 0) return;
  await engine.insertFile(
    { table: candidates.name, columns: candidates.columns },
    { path: of.path, format: 'RowBinary' },
  );
}

/** How many of the candidates the destination was told of and has not been told to forget. */
export async function countHeld(
  engine: Engine,
  of: { removal: string; audience: string; destination: string },
): Promise<number> {
  const delivered = deliveredTable(of.audience, of.destination).name;
  if (!(await engine.listTables()).includes(delivered)) return 0;
  const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM (${heldSql(of.removal, delivered)})`);
  return row?.n ?? 0;
}

/** The delivered ids, as `id`, that are candidates or are composed of one. */
export function heldSql(removal: string, delivered: string): string {
  const { candidates } = removalTables(removal);
  const told = `SELECT id FROM (SELECT id, argMax(state, (round, step)) AS last FROM ${delivered} GROUP BY id) WHERE last >= 0`;
  const parts = `arrayFilter(part -> match(part, '^[0-9]+:'), splitByChar('|', t.id))`;
  return `SELECT DISTINCT d.id AS id FROM (SELECT t.id AS id, arrayJoin(arrayConcat([t.id], ${parts})) AS part FROM (${told}) AS t) AS d
    INNER JOIN (SELECT DISTINCT id FROM ${candidates.name}) AS c ON c.id = d.part`;
}

/** Another audience at the same destination. */
export interface OtherHolder {
  readonly audience: string;
  /** Removals that wait there: of whom their candidates tell, that audience lets go as well. */
  readonly leaving: readonly string[];
}

/** Of what one audience holds and is to let go: the ids that the destination has by other audiences, too, which keep them. */
export function heldElsewhereSql(
  of: { removal: string; audience: string; destination: string },
  others: readonly OtherHolder[],
): string {
  const kept = others.map(({ audience, leaving }) => {
    const { name } = deliveredTable(audience, of.destination);
    const told = `SELECT id FROM (SELECT id, argMax(state, (round, step)) AS last FROM ${name} GROUP BY id) WHERE last = 1`;
    return leaving.reduce(
      (rest, removal) =>
        `SELECT r.id AS id FROM (${rest}) AS r ANTI LEFT JOIN (${heldSql(removal, name)}) AS l ON l.id = r.id`,
      told,
    );
  });
  const held = heldSql(of.removal, deliveredTable(of.audience, of.destination).name);
  return `SELECT h.id AS id FROM (${held}) AS h INNER JOIN (SELECT DISTINCT id FROM (${kept.join(' UNION ALL ')})) AS k ON k.id = h.id`;
}

/** Fills `<removal>_sought`, which is made anew, with everything that the destination was told of an audience and still holds. */
export async function writeHeldCandidates(
  engine: Engine,
  of: { removal: string; audience: string; destination: string },
): Promise<number> {
  const { candidates } = removalTables(of.removal);
  await engine.dropTable(candidates.name);
  await engine.createTable(candidates);
  const delivered = deliveredTable(of.audience, of.destination).name;
  if (!(await engine.listTables()).includes(delivered)) return 0;
  await engine.command(
    `INSERT INTO ${candidates.name} SELECT id FROM (
       SELECT id, argMax(state, (round, step)) AS last FROM ${delivered} GROUP BY id
     ) WHERE last >= 0`,
  );
  const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${candidates.name}`);
  return Number(row?.n ?? 0);
}

export async function dropCandidates(engine: Engine, removal: string): Promise<void> {
  await engine.dropTable(removalTables(removal).candidates.name);
}

async function insertIds(
  engine: Engine,
  { candidates, activation, persons }: { candidates: string; activation: string; persons: string },
): Promise<void> {
  await engine.command(
    `INSERT INTO ${candidates}
     SELECT arrayJoin([a.id, concat(toString(a.column), ':', a.id)]) AS id
     FROM (SELECT person, column, id FROM ${activation} WHERE id != '') AS a
     INNER JOIN (${persons}) AS p ON p.person = a.person`,
  );
}

export function personsSql(persons: PersonsOf): string {
  const { refused } = persons;
  if (refused === undefined) return namedSql(persons);
  const judged = reasonsSql(selectionTables(refused.selection).decisions.name, refused.people);
  return `SELECT n.person AS person FROM (${namedSql(persons)}) AS n
    INNER JOIN (SELECT person FROM (${judged}) WHERE reason > 0) AS j ON j.person = n.person`;
}

function namedSql(persons: NamedPersonsOf): string {
  const keys = keysTable(persons.version).name;
  if (persons.by === 'all') return `SELECT DISTINCT person FROM ${keys}`;
  const list = suppressionTable(persons.list).name;
  if (persons.by === 'digest') {
    return `SELECT DISTINCT k.person AS person FROM ${keys} AS k INNER JOIN ${list} AS l ON l.match_key = k.match_key`;
  }
  const records = tableName(persons.version, 'records');
  return `SELECT DISTINCT r.person AS person FROM (SELECT person, c_${persons.column} AS record_key FROM ${records}) AS r
    INNER JOIN ${list} AS l ON l.match_key = r.record_key`;
}

function partnerPersonsSql(reach: PartnerReach, persons: string, existing: ReadonlySet<string>): string | undefined {
  const { side, match } = reach;
  if (match !== undefined && existing.has(pairsTable(match).name)) {
    const other = side === 'left' ? 'right' : 'left';
    return `SELECT DISTINCT m.${other}_person AS person FROM ${pairsTable(match).name} AS m
      INNER JOIN (${persons}) AS n ON n.person = m.${side}_person`;
  }
  const [own, theirs] = [keysTable(reach.contribution).name, keysTable(reach.partnerContribution).name];
  if (!existing.has(own) || !existing.has(theirs)) return undefined;
  return `SELECT DISTINCT t.person AS person FROM ${theirs} AS t INNER JOIN (
      SELECT o.match_key AS match_key FROM ${own} AS o INNER JOIN (${persons}) AS n ON n.person = o.person
    ) AS x ON x.match_key = t.match_key`;
}
