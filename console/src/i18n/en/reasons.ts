// Why a policy refused, and what one can do about it, in English. One entry for each reason that the service may give.
export const reasons = {
  no_membership: 'You do not belong to an organisation that this concerns. Ask its administrator to add you.',
  role_missing: 'None of your roles carries this permission. Ask an administrator for a role that does.',
  scope_missing: 'The API key was not given this permission. Make a key that has it.',
  operator_outside_tenants:
    'An operator of the service sees and changes no data of organisations. A member of the organisation can do this.',
  consent_missing:
    'Nothing is known about a consent of these persons. Load the dataset with a consent column or with consent evidence.',
  consent_invalid: 'The consent on record cannot be read without doubt. Correct the consent column and load again.',
  consent_purpose: 'The persons did not consent to this purpose. Choose a purpose that they agreed to.',
  consent_destination: 'The persons did not consent to this destination. Choose a destination that they agreed to.',
  consent_expired: 'The consent has run out. Ask the persons again and load what they answered.',
  consent_withdrawn: 'The persons withdrew their consent. They stay out.',
  opted_out: 'The persons opted out of sale, sharing or targeted advertising. They stay out.',
  known_child: 'The persons are known to be children. They stay out.',
  suppressed: 'The persons are on a suppression list. They stay out as long as they are on it.',
  erased: 'The persons asked for their data to be erased. They stay out.',
  below_threshold: 'The result concerns fewer persons than the privacy threshold. Ask about a larger group.',
  threshold_too_low: 'The privacy threshold is lower than the service allows. Raise it to 50 or more.',
  rule_missing: 'A contributor has set no analysis rule. Ask that contributor to set one.',
  analysis_not_allowed:
    'A contributor’s rule does not allow this analysis. Ask that contributor to allow it, or ask something else.',
  attribute_not_allowed:
    'A contributor’s rule does not allow filtering on an attribute that you used. Leave it out, or ask for it.',
  breakdown_not_allowed:
    'A contributor’s rule does not allow breaking down by an attribute that you used. Leave it out, or ask for it.',
  budget_exhausted:
    'The answer costs more than is left of the privacy budget. Ask something cheaper, or wait until what was spent is free again.',
  audience_too_small:
    'It is not certain that the audience has as many persons as must be delivered at least. Widen the segment.',
  difference_too_small:
    'Fewer than 50 persons differ from an earlier audience, or none. Deliver again when more has changed.',
  releases_exhausted: 'Two of the organisations concerned have had 100 releases within 24 hours. Try again tomorrow.',
  activation_not_allowed:
    'A contributor’s rule does not allow its persons to be activated. Ask that contributor to allow it.',
  destination_not_allowed:
    'A contributor’s rule does not name this destination. Ask that contributor to name it, or choose another.',
  purpose_not_allowed:
    'A contributor’s rule does not name this purpose. Ask that contributor to name it, or choose another.',
  purpose_not_served:
    'The destination does not serve this purpose: an e-mail tool serves e-mail marketing alone. Choose another purpose or destination.',
  attribute_not_returnable:
    'Rows can be read at this destination, and would tell a partner’s attribute of each person. Ask that partner to open it for that, or filter on your own.',
  approval_missing:
    'An organisation that must approve has not approved yet. Its compliance officer finds the request in the inbox.',
  approval_same_person: 'Whoever asked cannot be the one who approves. A second person must decide.',
  approval_rejected: 'An organisation has rejected this. Its comment says why; ask anew once that is mended.',
  collaboration_inactive: 'The collaboration is not active. It becomes so when every member has accepted.',
  collaboration_ended: 'The collaboration is past its end date. Propose terms with a later one.',
  residency:
    'The destination lies outside the regions that a contributor allows. Choose another destination, or ask for its region.',
  not_permitted: 'No policy permits this. Your compliance officer can tell whether one should.',
  policy_error:
    'A policy could not be evaluated, and what cannot be evaluated is refused. Tell whoever runs the service.',
} as const;
