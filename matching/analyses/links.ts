// Who is who for an analysis. Not the pairs of the match: there one person more can shift the partners of many others, and
// a partner could build such a chain on purpose. Here a person stands by one key a type, so that a shift ends at once.
import type { IdentifierType } from '../../identifiers/identifier.ts';
import type { Columns, Engine, TableDefinition } from '../engine/engine.ts';
import { tableName } from '../engine/settings.ts';
import { identifierTypeNumber } from '../identifier-types.ts';
import { keysTable } from '../tables.ts';

export interface LinkRequest {
  readonly run: string;
  /** Ids of contributions; the n-th has the bit `1 << n` of a link's mask. */
  readonly contributions: readonly string[];
  /** The strongest first. */
  readonly types: readonly IdentifierType[];
}

/**
 * Links persons type by type: of each type a person has one key, its smallest; those with the same one are linked, and who
 * is linked is out of the weaker types. Fills working tables; `linksSql` reads them.
 */
export async function linkPersons(engine: Engine, request: LinkRequest): Promise<void> {
  await dropLinks(engine, request);
  for (const [rank, type] of request.types.entries()) {
    const table = rankTable(request, rank);
    await engine.createTable(table);
    const persons = request.contributions.map((_, place) => freePersonsSql(request, { place, rank }));
    const members = request.contributions.map((_, place) => `maxIf(person, bit = ${1 << place}) AS p_${place}`);
    await engine.command(
      `INSERT INTO ${table.name}
       SELECT key AS link_key, toUInt8(sum(bit)) AS mask, ${members.join(', ')}
       FROM (${persons.join(' UNION ALL ')}) GROUP BY key HAVING count() > 1`,
      { type: identifierTypeNumber(type) },
    );
  }
}

export async function dropLinks(engine: Engine, request: LinkRequest): Promise<void> {
  await Promise.all(request.types.map((_, rank) => engine.dropTable(rankTable(request, rank).name)));
}

/** One row a link: `link_key`, `rank` (place of the type), `mask`, and `p_<n>`, the person of the n-th contribution. */
export function linksSql(request: LinkRequest): string {
  const members = request.contributions.map((_, place) => `p_${place}`).join(', ');
  const ranks = request.types.map(
    (_, rank) => `SELECT link_key, toUInt8(${rank}) AS rank, mask, ${members} FROM ${rankTable(request, rank).name}`,
  );
  return `(${ranks.join(' UNION ALL ')})`;
}

/** Of two contributions: `link_key`, `left_person`, `right_person`. */
export function linkedPairsSql(request: LinkRequest): string {
  return `(SELECT link_key, p_0 AS left_person, p_1 AS right_person FROM ${linksSql(request)})`;
}

/** The persons of a contribution, each once. */
export function contributedPersonsSql(contribution: string): string {
  return `(SELECT DISTINCT person FROM ${keysTable(contribution).name})`;
}

function freePersonsSql(request: LinkRequest, { place, rank }: { place: number; rank: number }): string {
  const bit = `toUInt8(${1 << place}) AS bit`;
  const keys = keysTable(request.contributions[place] as string).name;
  // Keys lie almost in the order of their persons, so that sorting them costs less than a table of minima.
  const persons = `SELECT person, match_key AS key FROM ${keys} WHERE type = {type:UInt8}
    ORDER BY person, match_key LIMIT 1 BY person`;
  if (rank === 0) return `SELECT key, ${bit}, person FROM (${persons})`;
  const earlier = Array.from({ length: rank }, (_, stronger) => {
    return `SELECT p_${place} AS person FROM ${rankTable(request, stronger).name} WHERE bitTest(mask, ${place})`;
  });
  return `SELECT d.key AS key, ${bit}, d.person AS person FROM (${persons}) AS d
    ANTI LEFT JOIN (${earlier.join(' UNION ALL ')}) AS linked ON linked.person = d.person`;
}

function rankTable({ run, contributions }: LinkRequest, rank: number): TableDefinition {
  const members = contributions.map((_, place): [string, string] => [`p_${place}`, 'UInt32']);
  const columns: Columns = { link_key: 'FixedString(16)', mask: 'UInt8', ...Object.fromEntries(members) };
  return { name: tableName(run, `links_${rank}`), columns, orderBy: [], shardBy: 'random' };
}
