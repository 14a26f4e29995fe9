// Marketing pressure: by how many other audiences of its tenant a person was already reached, by what destinations were told. A
// person is known again by any of its activation ids. Whoever came first keeps its place, so that the order of deliveries says
// who is left out of which audience, and asking again says the same.
import type { Engine, Params } from './engine/engine.ts';
import { activationTable, contributedSuppressionTable, deliveredTable, keysTable } from './tables.ts';

/** What one destination was told of one audience, and when: `instants[n]` in milliseconds of round `rounds[n]`. */
export interface ToldAudience {
  readonly audience: string;
  readonly destination: string;
  readonly rounds: readonly number[];
  readonly instants: readonly number[];
}

export interface PressureRequest {
  /** The audience that is to be delivered. */
  readonly audience: string;
  /** The dataset version whose persons are reached. */
  readonly version: string;
  readonly told: readonly ToldAudience[];
  /** Nobody is in more audiences than this. */
  readonly maxAudiences: number;
  /** Whoever was taken out again counts for as long as the last addition is no older. Milliseconds since the epoch. */
  readonly sinceMs: number;
}

interface ToldSql {
  readonly sql: string;
  readonly params: Params;
}

/** A query of the persons who are to be left out, as `person`. */
export function pressedPersonsSql(request: PressureRequest, existing: ReadonlySet<string>): ToldSql {
  const { audience, maxAudiences, version } = request;
  const told = request.told.filter((one) => existing.has(deliveredTable(one.audience, one.destination).name));
  const contacts = told.map((one, place) => contactsSql(one, place));
  if (contacts.every(({ isOf }) => isOf === audience))
    return { sql: 'SELECT toUInt32(0) AS person WHERE 0', params: {} };
  const params = Object.assign({}, ...contacts.map((one) => one.params)) as Record<string, Params[string]>;
  const ids = `SELECT person, arrayJoin([id, concat(toString(column), ':', id)]) AS id
    FROM ${activationTable(version).name} WHERE id != ''`;
  const reached = `SELECT i.person AS person, c.audience AS audience, min(c.since) AS since
    FROM (${contacts.map(({ sql }) => sql).join(' UNION ALL ')}) AS c INNER JOIN (${ids}) AS i ON i.id = c.id
    GROUP BY person, audience`;
  return {
    sql: `SELECT o.person AS person FROM (SELECT * FROM (${reached}) WHERE audience != {audience:String}) AS o
      LEFT JOIN (SELECT person, since FROM (${reached}) WHERE audience = {audience:String}) AS own ON own.person = o.person
      WHERE isNull(own.since) OR (o.since, o.audience) < (assumeNotNull(own.since), {audience:String})
      GROUP BY person HAVING count() >= {most:UInt32}`,
    params: { ...params, audience, most: maxAudiences, cutoff: String(request.sinceMs) },
  };
}

/** Ids, and parts of composed ones, that one destination holds or was told of in the window, and since when. */
function contactsSql({ audience, destination, rounds, instants }: ToldAudience, place: number) {
  const { name } = deliveredTable(audience, destination);
  const at = (round: string) =>
    `toInt64(transform(${round}, {r${place}:Array(UInt32)}, arrayMap(t -> toInt64(t), {t${place}:Array(String)}), toInt64(0)))`;
  const words = `SELECT id, argMax(state, (round, step)) AS last, maxIf(round, state = -1) AS gone,
      groupUniqArrayIf(round, state >= 0) AS told, maxIf(round, state = 1) AS added FROM ${name} GROUP BY id`;
  const since = `if(last >= 0, ${at('arrayMin(arrayFilter(r -> r > gone, told))')}, ${at('added')})`;
  const parts = `arrayConcat([w.id], arrayFilter(part -> match(part, '^[0-9]+:'), splitByChar('|', w.id)))`;
  return {
    isOf: audience,
    sql: `SELECT arrayJoin(${parts}) AS id, '${audience}' AS audience, w.since AS since
      FROM (SELECT id, last, ${since} AS since FROM (${words})) AS w
      WHERE w.last >= 0 OR w.since >= toInt64({cutoff:String})`,
    params: { [`r${place}`]: rounds, [`t${place}`]: instants.map(String) },
  };
}

/**
 * In a collaboration, whoever was left out once stays out: letting single persons back in would tell who they are. Adds the keys of
 * the persons of a contribution to the list that goes by the activation's id.
 */
export async function keepPressed(
  engine: Engine,
  of: { list: string; collaboration: string; contribution: string; pressed: ToldSql },
): Promise<void> {
  const kept = contributedSuppressionTable(of.list, of.collaboration);
  if (!(await engine.listTables()).includes(kept.name)) await engine.createTable(kept);
  await engine.command(
    `INSERT INTO ${kept.name} SELECT DISTINCT n.match_key AS match_key FROM (
       SELECT k.match_key AS match_key FROM ${keysTable(of.contribution).name} AS k
       INNER JOIN (${of.pressed.sql}) AS p ON p.person = k.person
     ) AS n ANTI LEFT JOIN ${kept.name} AS present ON present.match_key = n.match_key`,
    of.pressed.params,
  );
}
