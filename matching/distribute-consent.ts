// The consent classes of an audience: each distinct combination over the sides once, so that policies decide
// combinations rather than persons.

import { type Unreleased, unreleased } from '../policies/release.ts';
import type { Engine } from './engine/engine.ts';
import { membersTable, peopleTable } from './tables.ts';

/** The dataset versions that hold the consent classes: of both sides of a match, or of an own dataset on the left. */
export interface AudiencePeople {
  readonly left: string;
  readonly right?: string;
}

export interface ConsentCombination {
  readonly left: number;
  /** Null over an own dataset. */
  readonly right: number | null;
  /** Pairs of this combination; over an own dataset, persons. */
  readonly persons: Unreleased<number>;
}

export async function listAudienceConsentClasses(
  engine: Engine,
  request: { readonly audience: string; readonly people: AudiencePeople },
): Promise<ConsentCombination[]> {
  const rows = await engine.query<{ left_class: number; right_class: number; persons: number }>(
    `SELECT left_class, right_class, count() AS persons FROM (${memberClassesSql(request.audience, request.people)})
     WHERE left_class IS NOT NULL AND right_class IS NOT NULL
     GROUP BY left_class, right_class ORDER BY left_class, right_class`,
  );
  const isOwn = request.people.right === undefined;
  return rows.map((row) => ({
    left: row.left_class,
    right: isOwn ? null : row.right_class,
    persons: unreleased(row.persons),
  }));
}

/** Every member with its classes; over an own dataset the right class is 0. A class is NULL where a person is missing. */
export function memberClassesSql(audience: string, { left, right }: AudiencePeople): string {
  const classes = (version: string) => `(SELECT person, consent_class FROM ${peopleTable(version, []).name})`;
  const rightJoin = right === undefined ? '' : `LEFT JOIN ${classes(right)} AS r ON r.person = m.right_person`;
  return `SELECT m.left_person AS left_person, m.right_person AS right_person, l.consent_class AS left_class,
      ${right === undefined ? 'toUInt32(0)' : 'r.consent_class'} AS right_class
    FROM ${membersTable(audience).name} AS m
    LEFT JOIN ${classes(left)} AS l ON l.person = m.left_person ${rightJoin}`;
}
