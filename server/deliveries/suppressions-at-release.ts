// The suppression lists that a release is checked against, carried to where its persons are: those that bar the transfer, and those
// that bar another purpose alone, of which a platform must not be told that the person agreed to it.
import type { Objection } from '../../matching/distribute-told.ts';
import { contributeSuppression } from '../../matching/suppression.ts';
import { suppressionChecks } from '../../matching/suppression-check.ts';
import type { Transfer } from '../../policies/consent.ts';
import type { AudienceGrounds } from '../activations/activation-grounds.ts';
import { asTenant } from '../database/row-scope.ts';
import type { WorkerGround } from '../ground.ts';
import { type DeliverySide, getDeliverySides } from './delivery-sides.ts';

export interface ListedObjections {
  readonly objections: readonly Objection[];
  /** Each list with its purpose and as many entries as it had. */
  readonly marks: readonly string[];
}

/** `sides` have the lists that bar the transfer; whom those name does not leave for any purpose. */
export async function objectionsOf(
  ground: WorkerGround,
  of: {
    grounds: AudienceGrounds;
    sides: readonly DeliverySide[];
    others: readonly Transfer[];
    destinationId: string;
  },
): Promise<ListedObjections> {
  const objections: Objection[] = [];
  const marks: string[] = [];
  const barring = new Set(of.sides.flatMap(({ suppressionLists }) => suppressionLists));
  for (const { purpose, destinationKind } of of.others) {
    const transfer = { purpose, destinationKind, destinationId: of.destinationId };
    const sides = (await getDeliverySides(ground.db.knex, of.grounds, transfer)).map((side) =>
      listedBeside(side, barring),
    );
    const listed = sides.flatMap(({ suppressionLists, suppressionMarks }) =>
      suppressionLists.map((list, place) => `${purpose} ${list} ${suppressionMarks[place]}`),
    );
    if (listed.length === 0) continue;
    objections.push({ purpose, checks: await carrySuppressions(ground, of.grounds, sides) });
    marks.push(...listed);
  }
  return { objections, marks };
}

function listedBeside(side: DeliverySide, barring: ReadonlySet<string>): DeliverySide {
  const kept = side.suppressionLists.flatMap((list, place) => (barring.has(list) ? [] : [place]));
  return {
    ...side,
    suppressionLists: kept.map((place) => side.suppressionLists[place] ?? ''),
    suppressionMarks: kept.map((place) => side.suppressionMarks[place] ?? ''),
  };
}

/** Brings every list of both tenants under the collaboration's key, so that it meets the contributed keys. */
export async function carrySuppressions(
  ground: WorkerGround,
  { matched }: AudienceGrounds,
  sides: readonly DeliverySide[],
) {
  const checked = sides.map(({ side, version, contribution, suppressionLists }) => ({
    side,
    version,
    lists: suppressionLists,
    ...(contribution === undefined ? {} : { contribution }),
  }));
  if (matched === undefined) return suppressionChecks(checked);
  const collaboration = matched.collaboration.id;
  const collaborationKey = await ground.keys.getCollaborationKey(collaboration);
  for (const { tenantId, suppressionLists } of sides) {
    // Each list is opened by its owner's own key, whoever the delivery is for.
    const tenantKey = await asTenant(tenantId, () => ground.keys.getTenantKey(tenantId));
    for (const list of suppressionLists) {
      await contributeSuppression(ground.engine, { list, collaboration, tenantKey, collaborationKey });
    }
  }
  return suppressionChecks(checked, collaboration);
}
