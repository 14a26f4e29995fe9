// Suppression and erasure as rules. The engine drops these persons by an anti-join as the last step of a delivery;
// what entitles it to is decided here, on persons whose consent could not be better.
import { type PersonFacts, personRequest, type Transfer } from './consent.ts';
import type { Decision, PolicySet } from './decide.ts';
import { PolicyError } from './policy-error.ts';

export interface SuppressionDecisions {
  readonly suppressed: Decision;
  readonly erased: Decision;
}

/** Both are denials, to be recorded with the delivery. Throws `suppression_not_upheld` for a policy set that would let them go. */
export function decideSuppression(set: PolicySet, transfer: Transfer): SuppressionDecisions {
  const { purpose, destinationKind } = transfer;
  const consented: PersonFacts = {
    ...transfer,
    consentClass: { id: 0, source: 'dataset-evidence', grants: [{ purpose, destinations: [destinationKind] }] },
  };
  const suppressed = set.decide(personRequest({ ...consented, suppressed: true }));
  const erased = set.decide(personRequest({ ...consented, erased: true }));
  if (suppressed.outcome !== 'deny' || erased.outcome !== 'deny') {
    throw new PolicyError('suppression_not_upheld', 'The policy set would deliver suppressed or erased persons.');
  }
  return { suppressed, erased };
}
