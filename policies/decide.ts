// Evaluates the policy set: pure, without clock or database, and closed where in doubt.
// Cedar skips a forbid that errors, which would fail open, so any evaluation error is a denial here.
import {
  type CedarValueJson,
  type EntityJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  type TypeAndId,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { type Decision, makeDecision, questionBehind } from './decision.ts';
import type { DenyReason } from './deny-reason.ts';
import { isKept, keptQuestion } from './history.ts';
import { PolicyError } from './policy-error.ts';
import { actionGroups, type Policy, type PolicySource, policySetHash, readPolicySource } from './policy-source.ts';

export { type Decision, strictestDecision } from './decision.ts';
export { DENY_REASONS, type DenyReason } from './deny-reason.ts';
export type { Policy, PolicySource } from './policy-source.ts';

/** Who asks for what, under which facts. Made by `access.ts`, `consent.ts`, `audience-release.ts` and `aggregate-release.ts`. */
export interface PolicyRequest {
  readonly principal: TypeAndId;
  readonly action: string;
  readonly resource: TypeAndId;
  readonly context: Readonly<Record<string, CedarValueJson>>;
  readonly entities: readonly EntityJson[];
  /** The tenants whose own policies bind it besides those of the service; Cedar does not see them. */
  readonly boundBy?: readonly string[];
}

export interface PolicySet {
  readonly hash: string;
  readonly policies: readonly Policy[];
  decide(request: PolicyRequest): Decision;
}

/** What may be kept of the question that a decision answers, to ask it again of other policies; undefined for persons' consent. */
export function questionOf(decision: Decision): PolicyRequest | undefined {
  const question = questionBehind(decision) as PolicyRequest | undefined;
  return question !== undefined && isKept(question) ? keptQuestion(question) : undefined;
}

/** Every set that this process made, so that a recorded decision never names one that nobody can read. */
const made = new Map<string, PolicySource>();

export function findMadeSource(hash: string): PolicySource | undefined {
  return made.get(hash);
}

/** The policy set that ships with the service. Throws PolicyError when it cannot be trusted: the service then does not start. */
export function loadPolicySet(): PolicySet {
  return makePolicySet(shippedSource());
}

export function shippedSource(): PolicySource {
  return readPolicySource(new URL('./', import.meta.url));
}

/** Validates, parses once and keeps. Throws PolicyError. */
export function makePolicySet(source: PolicySource): PolicySet {
  requireUniqueIds(source.policies);
  const { schema } = source;
  const staticPolicies = Object.fromEntries(source.policies.map(({ id, text }) => [id, text]));
  const answer = validate({ schema, policies: { staticPolicies } });
  const problems =
    answer.type === 'failure'
      ? answer.errors
      : [...answer.validationErrors, ...answer.validationWarnings].map(({ error }) => error);
  if (problems.length > 0) {
    throw new PolicyError('policy_invalid', problems.map(({ message }) => message).join('; '));
  }
  const hash = policySetHash(source);
  const parsed = [preparseSchema(hash, schema), preparsePolicySet(hash, { staticPolicies })];
  if (parsed.some(({ type }) => type === 'failure'))
    throw new PolicyError('policy_unreadable', 'The policies do not parse.');

  made.set(hash, source);
  const byId = new Map(source.policies.map((policy) => [policy.id, policy]));
  const groups = actionGroups(schema);
  return Object.freeze({
    hash,
    policies: Object.freeze([...source.policies]),
    decide: (request: PolicyRequest) => evaluate({ hash, byId, groups }, request),
  });
}

interface Prepared {
  readonly hash: string;
  readonly byId: ReadonlyMap<string, Policy>;
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
}

function evaluate({ hash, byId, groups }: Prepared, request: PolicyRequest): Decision {
  const { action } = request;
  const decided = (outcome: 'allow' | 'deny', reasons: DenyReason[], policies: string[]): Decision =>
    makeDecision({ action, outcome, reasons, policies: [...policies].sort(), policySetHash: hash }, request);

  const answer = authorize(hash, request);
  if (answer === undefined || answer.type === 'failure') return decided('deny', ['policy_error'], []);
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    return decided(
      'deny',
      ['policy_error'],
      diagnostics.errors.map(({ policyId }) => policyId),
    );
  }
  if (decision === 'allow') return decided('allow', [], diagnostics.reason);
  const forbidding = diagnostics.reason.map((id) => byId.get(id)?.code ?? 'policy_error');
  if (forbidding.length > 0) return decided('deny', distinct(forbidding), diagnostics.reason);
  return decided('deny', whatWasMissing([...byId.values()], groups.get(action)), []);
}

function authorize(hash: string, request: PolicyRequest) {
  // Of an entity nobody described, Cedar takes "has" as false, which could let a forbid pass by.
  if (!isDescribed(request, request.principal) || !isDescribed(request, request.resource)) return undefined;
  try {
    return statefulIsAuthorized({
      principal: request.principal,
      action: { type: 'Action', id: request.action },
      resource: request.resource,
      context: request.context,
      entities: [...request.entities],
      preparsedPolicySetId: hash,
      preparsedSchemaName: hash,
      validateRequest: true,
    });
  } catch {
    return undefined; // a request that Cedar cannot even read, such as a count that is no whole number
  }
}

function isDescribed({ entities }: PolicyRequest, { type, id }: TypeAndId): boolean {
  return entities.some(({ uid }) => 'id' in uid && uid.type === type && uid.id === id);
}

/** No policy forbade and none permitted: the reasons are what the permits for this action ask for. */
function whatWasMissing(policies: readonly Policy[], groups: ReadonlySet<string> = new Set()): DenyReason[] {
  const permits = policies.filter(({ effect, actionScope }) => effect === 'permit' && groups.has(actionScope));
  return permits.length === 0 ? ['not_permitted'] : distinct(permits.map(({ code }) => code));
}

function distinct(reasons: readonly DenyReason[]): DenyReason[] {
  return [...new Set(reasons)].sort();
}

function requireUniqueIds(policies: readonly Policy[]): void {
  const seen = new Set<string>();
  for (const { id } of policies) {
    if (seen.has(id)) throw new PolicyError('policy_id_duplicate', `Two policies are called ${id}.`);
    seen.add(id);
  }
}
