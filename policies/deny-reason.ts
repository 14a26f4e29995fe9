// The closed list of reasons for a refusal, each with the sentence a person reads.
// Every policy names one of these in its @code annotation; the policy set refuses to load with any other.

export const DENY_REASONS = {
  no_membership: 'The member does not belong to a tenant that this concerns.',
  role_missing: 'None of the member’s roles carries this permission.',
  scope_missing: 'The API key was not given this permission.',
  operator_outside_tenants: 'An operator of the service sees and changes no data of tenants.',
  consent_missing: 'Nothing is known about a consent of these persons.',
  consent_invalid: 'The consent on record cannot be read without doubt.',
  consent_purpose: 'The persons did not consent to this purpose.',
  consent_destination: 'The persons did not consent to this destination.',
  consent_expired: 'The consent has run out.',
  consent_withdrawn: 'The persons withdrew their consent.',
  opted_out: 'The persons opted out of sale, sharing or targeted advertising.',
  known_child: 'The persons are known to be children.',
  suppressed: 'The persons are on a suppression list.',
  erased: 'The persons asked for their data to be erased.',
  below_threshold: 'The result concerns fewer persons than the privacy threshold.',
  threshold_too_low: 'The privacy threshold itself is lower than the service allows.',
  rule_missing: 'A contributor has set no analysis rule for its contribution.',
  analysis_not_allowed: 'A contributor’s rule does not allow this analysis.',
  attribute_not_allowed: 'A contributor’s rule does not allow filtering on an attribute that was used.',
  breakdown_not_allowed: 'A contributor’s rule does not allow breaking down by an attribute that was used.',
  budget_exhausted: 'The answer costs more than is left of the privacy budget of this period.',
  audience_too_small: 'The audience is not certain to have as many persons as must be delivered at least.',
  difference_too_small: 'Fewer than 50 persons differ from an earlier audience, or none.',
  releases_exhausted: 'Two of the tenants concerned have had 100 releases within 24 hours.',
  activation_not_allowed: 'A contributor’s rule does not allow its persons to be activated.',
  destination_not_allowed: 'A contributor’s rule does not name this destination.',
  purpose_not_allowed: 'A contributor’s rule does not name this purpose.',
  purpose_not_served: 'The destination does not serve this purpose.',
  attribute_not_returnable:
    'A contributor’s rule does not let an attribute that was used go, row by row, to where rows can be read.',
  approval_missing: 'A tenant that must approve has not approved.',
  approval_same_person: 'The person who asked cannot be the one who approves.',
  approval_rejected: 'A tenant has rejected this.',
  collaboration_inactive: 'The collaboration is not active.',
  collaboration_ended: 'The collaboration is past its end date.',
  residency: 'It would cross into a region that a contributor does not allow.',
  not_permitted: 'No policy permits this.',
  policy_error: 'A policy could not be evaluated, and what cannot be evaluated is refused.',
} as const;

export type DenyReason = keyof typeof DENY_REASONS;

export function isDenyReason(code: string): code is DenyReason {
  return Object.hasOwn(DENY_REASONS, code);
}
