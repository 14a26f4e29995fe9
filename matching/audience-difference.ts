// How little an audience differs from what the same receiver was told before, counted where the ids are. Two audiences that
// differ by one person tell who that person is, whatever the size of either, and however many others lie between them.
import type { Engine, Params } from './engine/engine.ts';
import { activationTable, deliveredTable, peopleTable, type selectionTables } from './tables.ts';

export interface EarlierDelivery {
  readonly audience: string;
  readonly destination: string;
}

export interface DifferenceRequest {
  /** Working tables of the selection: the ids that may leave, and those of persons who are refused or suppressed. */
  readonly tables: Pick<ReturnType<typeof selectionTables>, 'ids' | 'barred'>;
  readonly earlier: readonly EarlierDelivery[];
  /** The dataset version of the delivered side: it knows whose an id is. */
  readonly version: string;
  readonly activationColumn: number;
  /** Ids that are composed of several columns are compared part by part. */
  readonly composedColumns?: readonly number[] | undefined;
  /** Consent classes of the delivered side that this receiver may not be told of, whether the audience has them or not. */
  readonly refusedClasses: readonly number[];
}

/**
 * The smallest number of persons, above zero, of whom an id was added or removed against any earlier delivery of any of
 * these audiences; undefined where nothing differs. A removal that must not wait is no difference: of persons without
 * consent, suppressed, or no longer in the dataset. What was perhaps sent counts as sent.
 */
export async function smallestDifference(engine: Engine, request: DifferenceRequest): Promise<number | undefined> {
  const existing = new Set(await engine.listTables());
  const differences: number[] = [];
  for (const { audience, destination } of request.earlier) {
    const { name } = deliveredTable(audience, destination);
    if (!existing.has(name)) continue;
    const rounds = await engine.query<{ round: number }>(`SELECT DISTINCT round FROM ${name} ORDER BY round`);
    for (const { round } of rounds) {
      // An audience that everybody had left tells nothing about who is added now.
      if ((await count(engine, `SELECT count() AS n FROM (${toldSql(name)})`, { round })) === 0) continue;
      differences.push(await count(engine, addedSql(request, name), { round }));
      const columns = request.composedColumns ?? [request.activationColumn];
      const params = { round, columns, refused: request.refusedClasses };
      differences.push(await count(engine, removedSql(request, name), params));
    }
  }
  const some = differences.filter((persons) => persons > 0);
  return some.length === 0 ? undefined : Math.min(...some);
}

/** What the receiver had been told, and perhaps still holds, after one round. */
function toldSql(delivered: string): string {
  return `SELECT id FROM (
      SELECT id, argMax(state, (round, step)) AS last FROM ${delivered} WHERE round <= {round:UInt32} GROUP BY id
    ) WHERE last >= 0`;
}

/** The ids of a query, or their parts; `more` are columns to keep. */
function partsSql({ composedColumns }: DifferenceRequest, from: string, more = ''): string {
  const part = composedColumns === undefined ? 'x.id' : "arrayJoin(splitByChar('|', x.id))";
  return `SELECT ${part} AS id${more} FROM (${from}) AS x`;
}

function addedSql(request: DifferenceRequest, delivered: string): string {
  const ids = partsSql(request, `SELECT id, person FROM ${request.tables.ids.name}`, ', x.person AS person');
  return `SELECT uniqExact(i.person) AS n FROM (${ids}) AS i
    ANTI LEFT JOIN (${partsSql(request, toldSql(delivered))}) AS t ON t.id = i.id`;
}

function removedSql(request: DifferenceRequest, delivered: string): string {
  const { tables, version, composedColumns } = request;
  const current = partsSql(request, `SELECT id FROM ${tables.ids.name}`);
  const gone = `SELECT t.id AS id FROM (${partsSql(request, toldSql(delivered))}) AS t
    ANTI LEFT JOIN (${current} UNION ALL SELECT id FROM ${tables.barred.name}) AS kept ON kept.id = t.id`;
  const written = composedColumns === undefined ? 'y.id' : "concat(toString(y.column), ':', y.id)";
  const known = `SELECT y.person AS person, ${written} AS id FROM ${activationTable(version).name} AS y
    WHERE y.column IN {columns:Array(UInt16)}`;
  const refused = `SELECT person FROM ${peopleTable(version, []).name} WHERE has({refused:Array(UInt32)}, consent_class)`;
  return `SELECT uniqExact(person) AS n FROM (
      SELECT h.id AS id, min(h.person) AS person, max(isNotNull(r.person)) AS is_refused
      FROM (SELECT a.person AS person, a.id AS id FROM (${known}) AS a INNER JOIN (${gone}) AS g ON g.id = a.id) AS h
      LEFT JOIN (${refused}) AS r ON r.person = h.person
      GROUP BY h.id
    ) WHERE is_refused = 0`;
}

async function count(engine: Engine, sql: string, params: Params): Promise<number> {
  const [row] = await engine.query<{ n: number }>(sql, params);
  return row?.n ?? 0;
}
