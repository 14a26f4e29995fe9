// Who may leave: consent by class, suppression, then the audience as a whole. The same for a dry run and for a delivery,
// so that what was forecast is what is decided.

import { type Destination, iabVendorsOf } from '../../connectors/kit/define-destination.ts';
import { PURPOSES } from '../../identifiers/purposes.ts';
import { type DeliverableCounts, selectDeliverable } from '../../matching/distribute.ts';
import { audienceRequest } from '../../policies/audience-release.ts';
import type { Transfer } from '../../policies/consent.ts';
import type { Decision, PolicyRequest } from '../../policies/decide.ts';
import type { Unreleased } from '../../policies/release.ts';
import type { Activation } from '../activations/activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from '../activations/activation-grounds.ts';
import { type Approval, approvals } from '../approvals/approval.ts';
import { instantOf } from '../clock.ts';
import { type ConfiguredDestination, destinations } from '../destinations/destination.ts';
import { destinationFacts } from '../destinations/destination-facts.ts';
import { getDeclared } from '../destinations/destination-service.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { decideAudience, type GateFigures } from './audience-decision.ts';
import { type DeliverySide, getDeliverySides, type Reach, reachOf } from './delivery-sides.ts';
import { type GatePlan, planGate } from './gate-plan.ts';
import { findLeftOut, forgetLeftOut } from './left-out.ts';
import { decidePersons } from './person-decisions.ts';
import { carrySuppressions, objectionsOf } from './suppressions-at-release.ts';

export interface Selection {
  readonly grounds: AudienceGrounds;
  readonly destination: ConfiguredDestination;
  readonly declared: Destination;
  readonly reach: Reach;
  readonly counts: Unreleased<DeliverableCounts>;
  readonly decision: Decision;
  /** Undefined over an own dataset. */
  readonly gate: GatePlan | undefined;
  /** Of the consent that was decided, for the events of the delivery. */
  readonly snapshotHash: string;
}

/** `selectionId` names the working tables in the engine: the activation for a dry run, the delivery for a delivery. */
export async function selectForDelivery(
  ground: WorkerGround,
  job: RunningJob,
  asked: { selectionId: string; activation: Activation },
): Promise<Selection> {
  const { knex } = ground.db;
  const { activation } = asked;
  const { destination, grounds } = await standingOf(ground, activation);
  const declared = getDeclared(destination.kind);
  const transfer = transferOf(ground, { activation, destination, grounds });
  const sides = await getDeliverySides(knex, grounds, { ...transfer, destinationId: destination.id });
  const reach = reachOf(sides, declared, destination);
  const { selectionId } = asked;
  const others = otherTransfers(declared, transfer);
  const objections = await objectionsOf(ground, { grounds, sides, others, destinationId: destination.id });
  const told = tellsConsent(declared) ? { others, marks: objections.marks } : undefined;
  const audience = grounds.audience.id;
  const persons = await decidePersons(ground, job, { selectionId, audience, sides, transfer, told });
  const leftOut = await findLeftOut(ground, { activation, grounds, sides, reach });
  const { allowed } = persons;
  const gate = await planGate(ground, { grounds, destination, sides, reach, allowed, leftOut: leftOut.marks });
  const counts = await selectDeliverable(ground.engine, {
    selection: selectionId,
    audience,
    people: peopleOf(sides),
    deliveredSide: reach.side.side,
    activationColumn: reach.column.column,
    ...(reach.composed === undefined ? {} : { composedColumns: reach.composed.map(({ column }) => column) }),
    verdicts: persons.verdicts,
    evidence: persons.evidence,
    suppressions: await carrySuppressions(ground, grounds, sides),
    exclusions: leftOut.exclusions,
    ...(told === undefined ? {} : { told: objections }),
    ...(leftOut.pressure === undefined ? {} : { pressure: leftOut.pressure }),
    ...(gate === undefined ? {} : { gate: gate.request }),
  });
  await forgetLeftOut(ground, activation);
  const given = await approvals.listAll(knex, { subject_kind: 'activation', subject_id: activation.id });
  const ask = (figures: GateFigures) =>
    audienceQuestion({ activation, destination, grounds, given, figures, transfer });
  // Whatever policies were approved while persons were counted are in force from here on.
  await ground.policies.refresh();
  const decision = await decideAudience(ground, job, { plan: gate, counts, ask });
  const { snapshotHash } = persons;
  return { grounds, destination, declared, reach, counts, decision, gate, snapshotHash };
}

/** Whether the platform has a field for what a person agreed to. */
export function tellsConsent({ consentFields }: Pick<Destination, 'consentFields'>): boolean {
  return consentFields.length > 0;
}

/** The same transfer for every other purpose that a platform may be told of; none where it has no field for them. */
function otherTransfers(declared: Destination, transfer: Transfer): Transfer[] {
  if (!tellsConsent(declared)) return [];
  return PURPOSES.filter((purpose) => purpose !== transfer.purpose).map((purpose) => ({ ...transfer, purpose }));
}

/** Throws PermanentFailure where there is nothing to deliver, or nowhere. */
async function standingOf(
  ground: WorkerGround,
  activation: Activation,
): Promise<Pick<Selection, 'destination' | 'grounds'>> {
  const { knex } = ground.db;
  const destination = await destinations.get(knex, activation.destinationId);
  if (destination.deletedAt !== null) {
    throw new PermanentFailure({ code: 'destination_deleted', detail: 'The destination has been removed.' });
  }
  const grounds = await getAudienceGrounds(knex, {
    audienceId: activation.audienceId,
    destination: destination.kind,
    purpose: activation.purpose,
  });
  if (grounds.audience.status !== 'ready') {
    const detail = `The audience is ${grounds.audience.status}, not ready.`;
    throw new PermanentFailure({ code: 'audience_not_ready', detail });
  }
  return { destination, grounds };
}

function transferOf(
  ground: WorkerGround,
  of: Pick<Selection, 'grounds' | 'destination'> & { readonly activation: Activation },
): Transfer {
  return {
    purpose: of.activation.purpose,
    destinationKind: of.destination.kind,
    instant: instantOf(ground.clock),
    vendors: iabVendorsOf(getDeclared(of.destination.kind), of.destination.settings),
    boundBy: [...new Set(of.grounds.rules.map(({ tenantId }) => tenantId))],
  };
}

function audienceQuestion(of: {
  activation: Activation;
  destination: ConfiguredDestination;
  grounds: AudienceGrounds;
  given: readonly Approval[];
  figures: GateFigures;
  transfer: Transfer;
}): PolicyRequest {
  const { activation, destination, grounds } = of;
  return audienceRequest({
    audienceId: grounds.audience.id,
    requestedBy: { memberId: activation.requestedBy, tenantId: activation.tenantId },
    ...of.figures,
    ...thresholdOf(grounds),
    destinationKind: destination.kind,
    destinationRegion: destination.region,
    purpose: activation.purpose,
    ...destinationFacts(destination),
    rules: grounds.rules,
    approvals: of.given.flatMap(approvalFacts),
    filterAttributes: grounds.usedAttributes,
    collaborationStatus: grounds.collaborationStatus,
    ...regionOf(grounds),
    ...(grounds.collaborationEndsAt === undefined ? {} : { collaborationEndsAt: grounds.collaborationEndsAt }),
    instant: of.transfer.instant,
  });
}

/** Where the collaboration is held that a release passes. */
export function regionOf({ collaborationRegion }: AudienceGrounds): { collaborationRegion?: string } {
  return collaborationRegion === undefined ? {} : { collaborationRegion };
}

export function thresholdOf({ matched }: AudienceGrounds): { threshold?: number } {
  return matched === undefined ? {} : { threshold: matched.collaboration.terms.privacyThreshold };
}

function peopleOf(sides: readonly DeliverySide[]): { left: string; right?: string } {
  const [left, right] = sides;
  return { left: left?.version ?? '', ...(right === undefined ? {} : { right: right.version }) };
}

function approvalFacts({ tenantId, decidedBy, status }: Approval) {
  if (tenantId === null || decidedBy === null || (status !== 'approved' && status !== 'refused')) return [];
  return [
    { tenantId, memberId: decidedBy, outcome: status === 'approved' ? ('approved' as const) : ('rejected' as const) },
  ];
}
