// What the rules of all contributors say together, as sets of tenants that the policies compare:
// "every contributor's rule names this destination" reads `namingDestination.containsAll(contributors)`.
import { type AnalysisRule, strictestThreshold } from './privacy-threshold.ts';

/** One contribution that a result draws on. Without a rule (null) there is no use. */
export interface ActivationRule {
  readonly tenantId: string;
  readonly rule: AnalysisRule | null;
}

export interface Requester {
  readonly memberId: string;
  readonly tenantId: string;
}

/** `own-dataset`: no collaboration is involved, a tenant works on its own data alone. */
export type CollaborationStatus = 'draft' | 'invited' | 'active' | 'ended' | 'own-dataset';

/** An attribute of a contribution that a segment filters on. */
export interface UsedAttribute {
  readonly tenantId: string;
  readonly name: string;
}

/** The tenants all of whose contributions satisfy `holds`: one laxer contribution does not speak for a stricter one. */
export function tenantsWhere(rules: readonly ActivationRule[], holds: (rule: AnalysisRule) => boolean): string[] {
  const failing = new Set(rules.filter(({ rule }) => rule === null || !holds(rule)).map(({ tenantId }) => tenantId));
  return contributors(rules).filter((tenantId) => !failing.has(tenantId));
}

export function contributors(rules: readonly ActivationRule[]): string[] {
  return [...new Set(rules.map(({ tenantId }) => tenantId))];
}

/** Whose own policies bind a release: the contributors', and those of who asks. */
export function boundTenants(facts: { rules: readonly ActivationRule[]; requestedBy: Requester }): string[] {
  return [...new Set([...contributors(facts.rules), facts.requestedBy.tenantId])];
}

/**
 * The tenants all of whose contributions may go to each of the regions that a release crosses: of the collaboration, and of who
 * receives it. A region that nobody knows (null) is allowed by none that names regions.
 */
export function tenantsAllowingRegions(
  rules: readonly ActivationRule[],
  crossed: readonly (string | null | undefined)[],
): string[] {
  return tenantsWhere(
    rules,
    ({ regions }) => regions === undefined || crossed.every((region) => region != null && regions.includes(region)),
  );
}

/** Rules may ask for more persons than the request does, never for less than the service's own threshold. */
export function effectiveThreshold(rules: readonly ActivationRule[], asked?: number): number {
  const ruled = strictestThreshold(rules.flatMap(({ rule }) => (rule === null ? [] : [rule.privacyThreshold])));
  return asked === undefined ? ruled : Math.max(ruled, asked);
}

/** Attributes as `tenant/name`: what is used and what the rules allow to filter on. */
export function attributeFacts(rules: readonly ActivationRule[], used: readonly UsedAttribute[] = []) {
  return {
    attributesUsed: attributeNames(used),
    attributesAllowed: openedAttributes(rules, ({ filterAttributes }) => filterAttributes),
  };
}

/** The same for the attributes that a figure is broken down by. */
export function breakdownFacts(rules: readonly ActivationRule[], used: readonly UsedAttribute[] = []) {
  return {
    breakdownsUsed: attributeNames(used),
    breakdownsAllowed: openedAttributes(rules, ({ breakdownAttributes }) => breakdownAttributes),
  };
}

/** What rows that can be read would tell of others' attributes, and what their rules let them tell. */
export function returnedFacts(
  facts: { readonly rules: readonly ActivationRule[]; readonly requestedBy: Requester },
  used: readonly UsedAttribute[],
) {
  return {
    attributesReturned: attributeNames(used.filter(({ tenantId }) => tenantId !== facts.requestedBy.tenantId)),
    attributesReturnable: openedAttributes(facts.rules, ({ activation }) => activation.recordAttributes ?? []),
  };
}

function attributeNames(used: readonly UsedAttribute[]): string[] {
  return [...new Set(used.map(({ tenantId, name }) => `${tenantId}/${name}`))];
}

function openedAttributes(
  rules: readonly ActivationRule[],
  opened: (rule: AnalysisRule) => readonly string[],
): string[] {
  const names = rules.flatMap(({ tenantId, rule }) =>
    (rule === null ? [] : opened(rule)).map((name) => `${tenantId}/${name}`),
  );
  return [...new Set(names)];
}
