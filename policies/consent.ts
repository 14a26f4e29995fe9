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

/** `none`: of these persons nothing is on record here. */
export const CONSENT_SOURCES = [
  'purposes-column',
  'dataset-evidence',
  'evidence',
  'tcf',
  'gpp',
  'us-privacy',
  'none',
] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** What one source says of some persons, for the transfer that is asked about. */
export interface ConsentClass {
  readonly id: number;
  readonly source: ConsentSource;
  readonly grants: readonly ConsentGrant[];
  /** False for what cannot be read without doubt; absent: yes. */
  readonly isReadable?: boolean;
  readonly isWithdrawn?: boolean;
  readonly isOptedOut?: boolean;
  readonly isKnownChild?: boolean;
}

export interface Transfer {
  readonly purpose: string;
  readonly destinationKind: string;
  /** RFC 3339 in UTC. */
  readonly instant: string;
  /** The tenants whose own policies bind the transfer: its contributors. */
  readonly boundBy?: readonly string[];
  /** The destination's ids in the IAB's Global Vendor List; a TC string can name it by these alone. */
  readonly vendors?: readonly number[];
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
    ...(facts.boundBy === undefined ? {} : { boundBy: facts.boundBy }),
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
  set: Pick<PolicySet, 'decide'>,
  sides: readonly ConsentClass[],
  transfer: Transfer,
): Decision {
  return strictestDecision(sides.map((consentClass) => set.decide(personRequest({ consentClass, ...transfer }))));
}

/** Several sources about one person: each that says anything must allow. Silence of one is no refusal; of all, it is. */
export function decidePersonOfSeveralSources(
  set: Pick<PolicySet, 'decide'>,
  sources: readonly ConsentClass[],
  transfer: Transfer,
): Decision {
  const speaking = sources.filter(isKnown);
  return decidePersonOfSeveralSides(set, speaking.length > 0 ? speaking : sources.slice(0, 1), transfer);
}

/** Decides the same facts once, however many classes share them: a hundred thousand strings come to some hundred facts. */
export function decidedOnce(set: PolicySet): Pick<PolicySet, 'decide'> {
  const decisions = new Map<string, Decision>();
  return {
    decide(request) {
      const { action, context, principal, entities, boundBy } = request;
      // The number of a class is no fact; everything else that policies read is.
      const key = JSON.stringify([action, boundBy, context, principal, entities.map(({ attrs }) => attrs)]);
      const decided = decisions.get(key) ?? set.decide(request);
      decisions.set(key, decided);
      return decided;
    },
  };
}

/** A string that says no to everything is known; an empty cell is not. */
export function isKnown(consentClass: ConsentClass): boolean {
  const { source, grants } = consentClass;
  if (source === 'none') return false;
  return grants.length > 0 || (source !== 'purposes-column' && source !== 'dataset-evidence');
}

/**
 * What the policies read of a class: the purposes named, the destinations named for the purpose asked for,
 * and until when. Cedar has no "any of these grants", so the grants for this very transfer are picked out here.
 */
function consentAttributes(
  consentClass: ConsentClass,
  { purpose, destinationKind }: { purpose: string; destinationKind: string },
) {
  const { grants } = consentClass;
  const forPurpose = grants.filter((grant) => grant.purpose === purpose);
  const covering = forPurpose.filter((grant) => grant.destinations.includes(destinationKind));
  const terms = covering.map((grant) => grant.expiresAt);
  // Several records of one consent with different terms: the one that ends first counts.
  const expiresAt = earliestInstant(terms.filter((term) => term !== undefined));
  return {
    known: isKnown(consentClass),
    readable: (consentClass.isReadable ?? true) && grants.every(isReadable),
    purposes: [...new Set(grants.map((grant) => grant.purpose))],
    destinations: [...new Set(forPurpose.flatMap((grant) => grant.destinations))],
    ...(expiresAt === undefined ? {} : { expiresAt: instantValue(expiresAt) }),
    withdrawn: consentClass.isWithdrawn ?? false,
    optedOut: consentClass.isOptedOut ?? false,
    knownChild: consentClass.isKnownChild ?? false,
  };
}

function isReadable({ purpose, destinations, expiresAt }: ConsentGrant): boolean {
  const named = purpose.trim() !== '' && destinations.every((destination) => destination.trim() !== '');
  return named && (expiresAt === undefined || earliestInstant([expiresAt]) !== undefined);
}
