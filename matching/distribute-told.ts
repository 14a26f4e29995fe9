// What a destination with fields for consent is told beside an id: the purposes that all of the id's persons agreed to, as their
// classes were decided, without those that a list about the purpose alone bars.
import type { Side } from './audience-sql.ts';
import { purposeBits } from './distribute-consent.ts';
import type { Engine } from './engine/engine.ts';
import { namedPersonsSql, type SuppressionCheck } from './suppression-check.ts';
import type { selectionTables } from './tables.ts';

/** Persons who may leave, and of whom it is not said that they agreed to the purpose. */
export interface Objection {
  readonly purpose: string;
  readonly checks: readonly SuppressionCheck[];
}

type Tables = Pick<ReturnType<typeof selectionTables>, 'objected' | 'judged' | 'candidates'>;

export async function writeObjections(
  engine: Engine,
  { objected }: Tables,
  of: { readonly audience: string; readonly deliveredSide: Side },
  objections: readonly Objection[],
): Promise<void> {
  for (const { purpose, checks } of objections) {
    const bit = purposeBits([purpose]);
    for (const check of checks) {
      await engine.command(
        `INSERT INTO ${objected.name} SELECT person, toUInt8(${bit}) AS purposes FROM (${namedPersonsSql(check, of)})`,
      );
    }
  }
}

/** Rows of `id` and `person` with what all persons agreed to who have the id, whichever of them it leaves for. */
export function withPurposesSql({ objected, judged, candidates }: Tables, cleared: string): string {
  const barred = `SELECT person, groupBitOr(purposes) AS purposes FROM ${objected.name} GROUP BY person`;
  const ofPersons = `SELECT j.person AS person, bitAnd(j.purposes, bitNot(toUInt8(ifNull(o.purposes, 0)))) AS purposes
    FROM ${judged.name} AS j LEFT JOIN (${barred}) AS o ON o.person = j.person`;
  const ofIds = `SELECT c.id AS id, groupBitAnd(p.purposes) AS purposes
    FROM ${candidates.name} AS c INNER JOIN (${ofPersons}) AS p ON p.person = c.person GROUP BY c.id`;
  return `SELECT r.id AS id, r.person AS person, a.purposes AS purposes
    FROM (${cleared}) AS r INNER JOIN (${ofIds}) AS a ON a.id = r.id`;
}
