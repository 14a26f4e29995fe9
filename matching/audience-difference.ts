// By how many an audience differs from what the same receiver was told before, counted where the ids are. Two audiences that
// differ by one person tell who that person is, whatever the size of either, and however many others lie between them.
import type { Engine, Params } from './engine/engine.ts';
import { activationTable, deliveredTable, type selectionTables } from './tables.ts';

export interface EarlierDelivery {
  readonly audience: string;
  readonly destination: string;
}

/** What a receiver had been told, and perhaps still holds, after one round of deliveries. */
export interface Telling extends EarlierDelivery {
  readonly round: number;
}

export type Way = 'added' | 'removed';

export interface Comparison {
  readonly telling: Telling;
  /** The ways in which a difference is possible at all. */
  readonly ways: readonly Way[];
  /** False when the telling is of another match: then all count who stand alone, paired or not. */
  readonly sameMatch: boolean;
}

/** Of the selection: the ids that may leave, those of persons who may not and why, its members, and who counts. */
export type DifferenceTables = Pick<
  ReturnType<typeof selectionTables>,
  'ids' | 'barred' | 'suppressed' | 'judged' | 'alone'
>;

export interface DifferenceRequest {
  readonly tables: DifferenceTables;
  readonly comparisons: readonly Comparison[];
  /** The dataset version of the delivered side: it knows whose an id is. */
  readonly version: string;
  readonly activationColumn: number;
  /** Ids that are composed of several columns are compared part by part. */
  readonly composedColumns?: readonly number[] | undefined;
  /** A query of the persons of the delivered side whom consent refuses, whether the audience has them or not. */
  readonly refusedPersons: string;
}

/** Every round that these deliveries left behind. What was perhaps sent counts as sent. */
export async function listTellings(engine: Engine, earlier: readonly EarlierDelivery[]): Promise<Telling[]> {
  const existing = new Set(await engine.listTables());
  const tellings: Telling[] = [];
  for (const { audience, destination } of earlier) {
    const { name } = deliveredTable(audience, destination);
    if (!existing.has(name)) continue;
    const rounds = await engine.query<{ round: number }>(`SELECT DISTINCT round FROM ${name} ORDER BY round`);
    tellings.push(...rounds.map(({ round }) => ({ audience, destination, round })));
  }
  return tellings;
}

/**
 * The smallest number of counted persons of whom an id was added or removed, over all comparisons; undefined without any. A
 * removal that must not wait is no difference: of persons without consent, suppressed, or no longer in the dataset; nor is that of
 * members whom an exclusion or a cap leaves out, of whom the asker may know who they are.
 */
export async function smallestDifference(engine: Engine, request: DifferenceRequest): Promise<number | undefined> {
  const differences: number[] = [];
  for (const { telling, ways, sameMatch } of request.comparisons) {
    const { name } = deliveredTable(telling.audience, telling.destination);
    const params = {
      round: telling.round,
      columns: request.composedColumns ?? [request.activationColumn],
    };
    const counted = `SELECT person FROM ${request.tables.alone.name}${sameMatch ? ' WHERE paired = 1' : ''}`;
    for (const way of ways) {
      const sql = way === 'added' ? addedSql(request, name, counted) : removedSql(request, name, counted);
      differences.push(await count(engine, sql, params));
    }
  }
  return differences.length === 0 ? undefined : Math.min(...differences);
}

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

function addedSql(request: DifferenceRequest, delivered: string, counted: string): string {
  const own = `SELECT i.id AS id, i.person AS person FROM ${request.tables.ids.name} AS i
    INNER JOIN (${counted}) AS c ON c.person = i.person`;
  const ids = partsSql(request, own, ', x.person AS person');
  return `SELECT uniqExact(i.person) AS n FROM (${ids}) AS i
    ANTI LEFT JOIN (${partsSql(request, toldSql(delivered))}) AS t ON t.id = i.id`;
}

function removedSql(request: DifferenceRequest, delivered: string, counted: string): string {
  const { tables, version, composedColumns, refusedPersons } = request;
  const current = partsSql(request, `SELECT id FROM ${tables.ids.name}`);
  const written = composedColumns === undefined ? 'y.id' : "concat(toString(y.column), ':', y.id)";
  const known = `SELECT y.person AS person, ${written} AS id FROM ${activationTable(version).name} AS y
    WHERE y.column IN {columns:Array(UInt16)}`;
  // Whom an exclusion or a cap leaves out, but the question does not ask for either, goes because of the question.
  const unasked = `SELECT s.person AS person FROM (
      SELECT person FROM ${tables.suppressed.name} GROUP BY person HAVING min(why) > 0
    ) AS s ANTI LEFT JOIN ${tables.judged.name} AS j ON j.person = s.person`;
  const exempt = `SELECT b.id AS id FROM ${tables.barred.name} AS b ANTI LEFT JOIN (
      SELECT o.id AS id FROM (${known}) AS o INNER JOIN (${unasked}) AS u ON u.person = o.person
    ) AS f ON f.id = b.id`;
  const gone = `SELECT t.id AS id FROM (${partsSql(request, toldSql(delivered))}) AS t
    ANTI LEFT JOIN (${current} UNION ALL ${exempt}) AS kept ON kept.id = t.id`;
  return `SELECT uniqExact(h.person) AS n FROM (
      SELECT a.person AS person FROM (${known}) AS a INNER JOIN (${gone}) AS g ON g.id = a.id
    ) AS h
    INNER JOIN (${counted}) AS c ON c.person = h.person
    ANTI LEFT JOIN (${refusedPersons}) AS r ON r.person = h.person`;
}

async function count(engine: Engine, sql: string, params: Params): Promise<number> {
  const [row] = await engine.query<{ n: number }>(sql, params);
  return row?.n ?? 0;
}
