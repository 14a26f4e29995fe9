// Reads the Cedar files into policies with their annotations, and names the whole by one hash.
// Only trusted to parse: `decide.ts` validates the set against the schema before anything is decided.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { checkParseSchema, policySetTextToParts, policyToJson, schemaToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type DenyReason, isDenyReason } from './deny-reason.ts';
import { PolicyError } from './policy-error.ts';

export interface Policy {
  readonly id: string;
  readonly title: string;
  /** Why the policy exists, in words for a person. */
  readonly reason: string;
  /** What a refusal by it is called; for a permit, what was missing when it did not apply. */
  readonly code: DenyReason;
  readonly effect: 'permit' | 'forbid';
  readonly text: string;
  /** The action or group of actions that it speaks of. */
  readonly actionScope: string;
}

export interface PolicySource {
  readonly schema: string;
  readonly policies: readonly Policy[];
}

export function readPolicySource(folder: URL): PolicySource {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cedar'))
    .sort();
  const texts = files.map((name) => readFileSync(new URL(name, folder), 'utf8'));
  return {
    schema: readFileSync(new URL('schema.cedarschema', folder), 'utf8'),
    policies: texts.flatMap(parsePolicies),
  };
}

/** Throws `policy_unreadable`, `annotation_missing` or `reason_unknown`. */
export function parsePolicies(text: string): Policy[] {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') {
    throw new PolicyError('policy_unreadable', parts.errors.map((error) => error.message).join('; '));
  }
  if (parts.policy_templates.length > 0) {
    throw new PolicyError('policy_unreadable', 'Policy templates are not used here: each policy is read as it stands.');
  }
  return parts.policies.map(parsePolicy);
}

function parsePolicy(text: string): Policy {
  const answer = policyToJson(text);
  if (answer.type === 'failure')
    throw new PolicyError('policy_unreadable', answer.errors.map((e) => e.message).join('; '));
  const { annotations = {}, effect, action } = answer.json;
  const annotation = (name: string): string => {
    const value = annotations[name];
    if (!value) throw new PolicyError('annotation_missing', `A policy has no @${name}: ${text.slice(0, 80)}`);
    return value;
  };
  const code = annotation('code');
  if (!isDenyReason(code))
    throw new PolicyError('reason_unknown', `Policy ${annotation('id')} names an unknown @code.`);
  if (action.op === 'All' || !('entity' in action) || !('id' in action.entity)) {
    throw new PolicyError('policy_invalid', `Policy ${annotation('id')} must name one action or one group of actions.`);
  }
  return {
    id: annotation('id'),
    title: annotation('title'),
    reason: annotation('reason'),
    code,
    effect,
    text,
    actionScope: String(action.entity.id),
  };
}

/** Each action with every group it stands in, itself included. */
export function actionGroups(schema: string): Map<string, ReadonlySet<string>> {
  const checked = checkParseSchema(schema);
  const answer = schemaToJson(schema);
  if (checked.type === 'failure' || answer.type === 'failure') {
    throw new PolicyError('policy_invalid', 'The policy schema cannot be read.');
  }
  const actions = answer.json['']?.actions ?? {};
  const groupsOf = (name: string): string[] => [
    name,
    ...(actions[name]?.memberOf ?? []).flatMap((group) => groupsOf(group.id)),
  ];
  return new Map(Object.keys(actions).map((name) => [name, new Set(groupsOf(name))]));
}

/** SHA-256 over `[[id, text], …]` in ascending order of id and the schema, as JSON: the order of files and policies does not count. */
export function policySetHash({ schema, policies }: PolicySource): string {
  const canonical = policies
    .map(({ id, text }) => [id, text] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([canonical, schema]))
    .digest('hex');
}
