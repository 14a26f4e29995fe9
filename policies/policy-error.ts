// The one error of this part: a policy set that cannot be trusted, or a release that no decision covers.

export type PolicyErrorCode =
  | 'policy_unreadable'
  | 'policy_invalid'
  | 'annotation_missing'
  | 'policy_id_duplicate'
  | 'policy_unknown'
  | 'reason_unknown'
  | 'rule_invalid'
  | 'decision_not_genuine'
  | 'decision_not_recorded'
  | 'decision_of_another_gate'
  | 'release_refused'
  | 'suppression_not_upheld';

export class PolicyError extends Error {
  readonly code: PolicyErrorCode;

  constructor(code: PolicyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PolicyError';
    this.code = code;
  }
}
