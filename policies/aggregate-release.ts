// Whether a figure may leave, and how it then reads: never the true count, never one of 1 to threshold - 1, never 0.

import { figureFacts, regionsCrossed } from './audience-release.ts';
import {
  type ActivationRule,
  attributeFacts,
  boundTenants,
  breakdownFacts,
  type CollaborationStatus,
  effectiveThreshold,
  type Requester,
  tenantsAllowingRegions,
  tenantsWhere,
  type UsedAttribute,
} from './contributor-facts.ts';
import type { PolicyRequest } from './decide.ts';
import { DEFAULTS } from './limits.ts';
import type { AnalysisRule } from './privacy-threshold.ts';

export interface AggregateFacts {
  /** `overlap` covers the match rate; `audience-size` is also allowed by a rule that allows activation. */
  readonly analysis: string;
  readonly requestedBy: Requester;
  /** Persons counted, which no decision repeats. The noised count where the figure is noised, so that no refusal tells the true one. */
  readonly persons: number;
  readonly threshold?: number;
  /** Where the tenant who asked is; null when nobody knows. */
  readonly receiverRegion?: string | null;
  /** Where the collaboration is held; absent over an own dataset. */
  readonly collaborationRegion?: string;
  readonly rules: readonly ActivationRule[];
  readonly filterAttributes?: readonly UsedAttribute[];
  readonly breakdownAttributes?: readonly UsedAttribute[];
  /** Whole numbers of 10⁻¹² ρ. Absent for a figure that has been paid for, or that is of the asker's own data. */
  readonly budget?: { readonly cost: bigint; readonly left: bigint };
  /** Of the two tenants concerned who had most of them within 24 hours. Absent for an answer that is stored. */
  readonly releasesToday?: number;
  readonly collaborationStatus: CollaborationStatus;
  readonly collaborationEndsAt?: string;
  /** RFC 3339 in UTC. */
  readonly instant: string;
}

export function aggregateRequest(facts: AggregateFacts): PolicyRequest {
  const { analysis, rules, requestedBy, threshold: asked } = facts;
  const principal = { type: 'Member', id: requestedBy.memberId };
  const resource = { type: 'Analysis', id: analysis };
  return {
    principal,
    action: 'aggregate:release',
    resource,
    boundBy: boundTenants(facts),
    context: {
      ...figureFacts(facts),
      threshold: asked !== undefined && asked < DEFAULTS.privacyThreshold ? asked : effectiveThreshold(rules, asked),
      allowingRegion: tenantsAllowingRegions(rules, regionsCrossed(facts.receiverRegion, facts)),
      allowingAnalysis: tenantsWhere(rules, (rule) => isAnalysisAllowed(rule, analysis)),
      ...attributeFacts(rules, facts.filterAttributes),
      ...breakdownFacts(rules, facts.breakdownAttributes),
    },
    entities: [
      { uid: principal, attrs: { id: requestedBy.memberId, tenantId: requestedBy.tenantId }, parents: [] },
      { uid: resource, attrs: {}, parents: [] },
    ],
  };
}

export type RoundedCount = { readonly value: number } | { readonly fewerThan: number };

export interface Rounding {
  readonly threshold: number;
  readonly multiple: number;
}

const DEFAULT_ROUNDING: Rounding = { threshold: DEFAULTS.privacyThreshold, multiple: DEFAULTS.roundTo };

/** `{ value }` is the nearest multiple, and no smaller than the threshold; below the threshold, 0 included, `{ fewerThan }`. */
export function roundedCount(persons: number, { threshold, multiple }: Rounding = DEFAULT_ROUNDING): RoundedCount {
  if (!(persons >= threshold)) return { fewerThan: threshold };
  const nearest = Math.round(persons / multiple) * multiple;
  return { value: Math.max(nearest, Math.ceil(threshold / multiple) * multiple) };
}

export type MatchRate = `${number}%` | '<1%' | `>${number}%`;

/**
 * Whole percents of the rounded figures, so that the rate tells nothing that they do not; capped (">85%").
 * Null when either figure is below the threshold.
 */
export function matchRate(matched: number, total: number, rounding: Rounding = DEFAULT_ROUNDING): MatchRate | null {
  const part = roundedCount(matched, rounding);
  const whole = roundedCount(total, rounding);
  if ('fewerThan' in part || 'fewerThan' in whole) return null;
  const percent = Math.round((100 * part.value) / whole.value);
  if (percent > DEFAULTS.matchRateCapPercent) return `>${DEFAULTS.matchRateCapPercent}%`;
  return percent < 1 ? '<1%' : `${percent}%`;
}

function isAnalysisAllowed(rule: AnalysisRule, analysis: string): boolean {
  return rule.allowedAnalyses.includes(analysis) || (analysis === 'audience-size' && rule.activation.allowed);
}
