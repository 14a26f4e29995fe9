// Who is suppressed: the joins of suppression lists with keys, each list only ever with keys under the same key.
// A list under another key would match nobody and so suppress nobody; the table names are derived here so that it cannot.

import type { Side } from './audience-sql.ts';
import { contributedSuppressionTable, keysTable, membersTable, suppressionTable } from './tables.ts';

/** A list of a tenant beside its own dataset version, or a list carried into a collaboration beside a contribution. */
export type SuppressionCheck =
  | { readonly side: Side; readonly list: string; readonly version: string }
  | { readonly side: Side; readonly list: string; readonly contribution: string; readonly collaboration: string };

export interface SuppressionSide {
  readonly side: Side;
  readonly version: string;
  /** Absent for an own dataset. */
  readonly contribution?: string;
  /** The lists of the tenant whose side this is. */
  readonly lists: readonly string[];
}

/**
 * Every check that an audience needs: each tenant's lists against all keys of its own dataset, contributed or not, and in
 * a collaboration each list against both contributions, as a person whom one tenant must not reach is not reached through the other.
 */
export function suppressionChecks(sides: readonly SuppressionSide[], collaboration?: string): SuppressionCheck[] {
  const own = sides.flatMap(({ side, version, lists }) => lists.map((list) => ({ side, list, version })));
  if (collaboration === undefined) return own;
  const lists = [...new Set(sides.flatMap((side) => side.lists))];
  const carried = sides.flatMap(({ side, contribution }) =>
    contribution === undefined ? [] : lists.map((list) => ({ side, list, contribution, collaboration })),
  );
  return [...own, ...carried];
}

/** The numbers of the persons of the check's side who are on the list, as `person`. */
export function suppressedPersonsSql(check: SuppressionCheck): string {
  const keys = keysTable('version' in check ? check.version : check.contribution).name;
  const list =
    'version' in check ? suppressionTable(check.list) : contributedSuppressionTable(check.list, check.collaboration);
  return `SELECT DISTINCT k.person AS person FROM ${keys} AS k INNER JOIN ${list.name} AS s ON s.match_key = k.match_key`;
}

/** The persons of the delivered side whom a list names, themselves or through the person they are paired with. */
export function namedPersonsSql(
  check: SuppressionCheck,
  { audience, deliveredSide }: { readonly audience: string; readonly deliveredSide: Side },
): string {
  const named = suppressedPersonsSql(check);
  if (check.side === deliveredSide) return named;
  return `SELECT DISTINCT m.${deliveredSide}_person AS person
    FROM ${membersTable(audience).name} AS m INNER JOIN (${named}) AS n ON n.person = m.${check.side}_person`;
}
