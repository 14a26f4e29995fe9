// Consent of persons for a purpose and a destination. Persons of one consent class have the same facts on record,
// so each class is decided once. Unknown, unreadable, expired or unnamed: refused.
import { type Decision, type PolicyRequest, type PolicySet, strictestDecision } from './decide.ts';
import { earliestInstant, instantValue } from './instant.ts';

export interface ConsentGrant {
  readonly purpose: string;
  /** Destination kinds that the person was told by name. None named: the grant covers none. */
  readonly destinations: readonly string[];
  /** RFC 3339 in UTC; absent when the consent has no term. */
  readonly expiresAt?: string;
}

export interface ConsentClass {
  readonly id: number;
  readonly source: 'purposes-column' | 'dataset-evidence' | 'none';
  readonly grants: readonly ConsentGrant[];
}

export interface Transfer {
  readonly purpose: string;
  readonly destinationKind: string;
  /** RFC 3339 in UTC. */
  readonly instant: string;
}

export interface PersonFacts extends Transfer {
  readonly consentClass: ConsentClass;
  readonly suppressed?: boolean;
  readonly erased?: boolean;
}

export function personRequest(facts: PersonFacts): PolicyRequest {
  const { consentClass, purpose, destinationKind, instant } = facts;
  const principal = { type: 'Destination', id: destinationKind };
  const resource = { type: 'ConsentClass', id: String(consentClass.id) };
  return {
    principal,
    action: 'person:deliver',
    resource,
    context: { purpose, destination: destinationKind, instant: instantValue(instant) },
    entities: [
      { uid: principal, attrs: {}, parents: [] },
      {
        uid: resource,
        attrs: {
          ...consentAttributes(consentClass, { purpose, destinationKind }),
          suppressed: facts.suppressed ?? false,
          erased: facts.erased ?? false,
        },
        parents: [],
      },
    ],
  };
}

/** Each class once, by its id. Two entries of one id are two sources of one person: both must allow. */
export function decideConsentClasses(
  set: PolicySet,
  classes: Iterable<ConsentClass>,
  transfer: Transfer,
): Map<number, Decision> {
  const decisions = new Map<number, Decision>();
  for (const consentClass of classes) {
    const decision = set.decide(personRequest({ consentClass, ...transfer }));
    const earlier = decisions.get(consentClass.id);
    decisions.set(consentClass.id, earlier === undefined ? decision : strictestDecision([earlier, decision]));
  }
  return decisions;
}

/** A person who stands in several datasets or on both sides of a match: every side's consent must allow. */
export function decidePersonOfSeveralSides(
  set: PolicySet,
  sides: readonly ConsentClass[],
  transfer: Transfer,
): Decision {
  return strictestDecision(sides.map((consentClass) => set.decide(personRequest({ consentClass, ...transfer }))));
}

/**
 * What the policies read of a class: the purposes named, the destinations named for the purpose asked for,
 * and until when. Cedar has no "any of these grants", so the grants for this very transfer are picked out here.
 */
function consentAttributes(
  { source, grants }: ConsentClass,
  { purpose, destinationKind }: { purpose: string; destinationKind: string },
) {
  const forPurpose = grants.filter((grant) => grant.purpose === purpose);
  const covering = forPurpose.filter((grant) => grant.destinations.includes(destinationKind));
  const terms = covering.map((grant) => grant.expiresAt);
  // Several records of one consent with different terms: the one that ends first counts.
  const expiresAt = earliestInstant(terms.filter((term) => term !== undefined));
  return {
    known: source !== 'none' && grants.length > 0,
    readable: grants.every(isReadable),
    purposes: [...new Set(grants.map((grant) => grant.purpose))],
    destinations: [...new Set(forPurpose.flatMap((grant) => grant.destinations))],
    ...(expiresAt === undefined ? {} : { expiresAt: instantValue(expiresAt) }),
  };
}

function isReadable({ purpose, destinations, expiresAt }: ConsentGrant): boolean {
  const named = purpose.trim() !== '' && destinations.every((destination) => destination.trim() !== '');
  return named && (expiresAt === undefined || earliestInstant([expiresAt]) !== undefined);
}
