// The audience counted inside the chamber: of the persons selected, how many agreed on both sides, and how many were delivered.
// The policies of the project decide, on the consent classes of the load; each refused person has one reason, the gravest.

import type { Engine } from '../../matching/engine/engine.ts';
import { activationTable, membersTable, peopleTable } from '../../matching/tables.ts';
import { type ConsentClass, decidePersonOfSeveralSides } from '../../policies/consent.ts';
import { DENY_REASONS, loadPolicySet } from '../../policies/decide.ts';
import type { Database } from '../../server/database/database.ts';

export interface AudienceCounts {
  readonly matched: number;
  readonly consented: number;
  readonly delivered: number;
  readonly refused: Record<string, number>;
}

export interface AudienceIds {
  readonly osecDatasetId: string;
  readonly randoDatasetId: string;
  readonly audienceId: string;
  readonly destinationId: string;
}

interface Version {
  readonly id: string;
  readonly classes: ReadonlyMap<number, ConsentClass>;
}

export async function countAudience(engine: Engine, db: Database, ids: AudienceIds): Promise<AudienceCounts> {
  const left = await visibleVersion(db, ids.osecDatasetId);
  const right = await visibleVersion(db, ids.randoDatasetId);
  const members = memberClasses(ids.audienceId, { left: left.id, right: right.id });
  const rows = await engine.query<{ left_class: number; right_class: number; n: number | string }>(
    `SELECT left_class, right_class, count() AS n FROM (${members}) GROUP BY left_class, right_class`,
  );
  const policies = loadPolicySet();
  const transfer = { purpose: 'advertising', destinationKind: 'xandr', instant: new Date().toISOString() };
  const refused: Record<string, number> = {};
  let matched = 0;
  let consented = 0;
  for (const { left_class, right_class, n } of rows) {
    const sides = [left.classes.get(left_class), right.classes.get(right_class)].map((side) => side ?? NO_CLASS);
    const decision = decidePersonOfSeveralSides(policies, sides, transfer);
    matched += Number(n);
    if (decision.outcome === 'allow') consented += Number(n);
    else {
      const reason = GRAVITY.find((code) => decision.reasons.includes(code)) ?? 'not_permitted';
      refused[reason] = (refused[reason] ?? 0) + Number(n);
    }
  }
  const delivered = await deliveredPersons(engine, members, right.id, ids);
  if (consented > delivered) refused.activation_id_missing = consented - delivered;
  return { matched, consented, delivered, refused };
}

const NO_CLASS: ConsentClass = { id: -1, source: 'none', grants: [] };
const GRAVITY = Object.keys(DENY_REASONS) as (keyof typeof DENY_REASONS)[];

/** Every matched pair that the segment selected, with the consent class of either side. */
function memberClasses(audienceId: string, versions: { left: string; right: string }): string {
  return `SELECT m.left_person AS left_person, m.right_person AS right_person,
      l.consent_class AS left_class, r.consent_class AS right_class
    FROM ${membersTable(audienceId).name} AS m
    INNER JOIN ${peopleTable(versions.left, []).name} AS l ON l.person = m.left_person
    INNER JOIN ${peopleTable(versions.right, []).name} AS r ON r.person = m.right_person`;
}

async function deliveredPersons(engine: Engine, members: string, version: string, ids: AudienceIds): Promise<number> {
  const delivered = (await engine.listTables()).find(
    (name) => name.startsWith(ids.audienceId) && name.includes('delivered'),
  );
  if (delivered === undefined) return 0;
  const [row] = await engine.query<{ n: number | string }>(
    `SELECT uniqExact(m.left_person) AS n FROM (${members}) AS m
     INNER JOIN ${activationTable(version).name} AS a ON a.person = m.right_person
     INNER JOIN (SELECT id FROM ${delivered} GROUP BY id HAVING argMax(state, (round, step)) = 1) AS d ON d.id = a.id`,
  );
  return Number(row?.n ?? 0);
}

async function visibleVersion({ knex }: Database, datasetId: string): Promise<Version> {
  const row = await knex('datasets')
    .join('dataset_versions', 'dataset_versions.id', 'datasets.visible_version_id')
    .where('datasets.id', datasetId)
    .first<{ id: string; detail: string }>('dataset_versions.id', 'dataset_versions.detail');
  const { consentClasses } = JSON.parse(row.detail) as { consentClasses: ConsentClass[] };
  return { id: row.id, classes: new Map(consentClasses.map((consentClass) => [consentClass.id, consentClass])) };
}
