// Analysis rules: what a contributor allows to be done with its contribution, and how several rules become one.
// The strictest wins in every respect; no rule, no use.
import { DEFAULTS } from './limits.ts';
import { PolicyError } from './policy-error.ts';

export { DEFAULTS } from './limits.ts';

export interface AnalysisRule {
  /** `overlap` (with match rate), `audience-size`, and the analyses that come. */
  readonly allowedAnalyses: readonly string[];
  /** Attributes of this contribution that segments may filter on. */
  readonly filterAttributes: readonly string[];
  readonly breakdownAttributes: readonly string[];
  readonly activation: {
    readonly allowed: boolean;
    /** Destination kinds and purposes by name; an empty list allows none. */
    readonly destinations: readonly string[];
    readonly purposes: readonly string[];
    readonly approval: 'required' | 'not-required';
    /** Attributes that may come back to another member as a flag on each of its own records. Absent: none. */
    readonly recordAttributes?: readonly string[];
  };
  /** Persons; less than the service's own threshold counts as the service's. */
  readonly privacyThreshold: number;
  /** `many` lets one person pair with several on the other side. Absent: one-to-one. */
  readonly cardinality?: 'one-to-one' | 'many';
  /** Regions that persons and figures may go to. Absent: the rule is silent on it. */
  readonly regions?: readonly string[];
}

/** What remains where nobody set a rule: nothing. */
export const NO_USE: AnalysisRule = {
  allowedAnalyses: [],
  filterAttributes: [],
  breakdownAttributes: [],
  activation: { allowed: false, destinations: [], purposes: [], approval: 'required' },
  privacyThreshold: DEFAULTS.privacyThreshold,
  cardinality: 'one-to-one',
};

/** The rule of a tenant that uses its own dataset alone: it may do what it asks for, once a second person approves. */
export function ownDatasetRule(
  use: Pick<AnalysisRule, 'filterAttributes' | 'regions'> & { destination: string; purpose: string },
) {
  return {
    ...NO_USE,
    allowedAnalyses: ['audience-size'],
    filterAttributes: use.filterAttributes,
    activation: { allowed: true, destinations: [use.destination], purposes: [use.purpose], approval: 'required' },
    ...(use.regions === undefined ? {} : { regions: use.regions }),
  } as const satisfies AnalysisRule;
}

/**
 * The one rule that upholds all the given ones; its lists come out sorted. Throws `rule_invalid` for a threshold that is no whole number.
 * Attribute lists are intersected by name: over the rules of different contributions ask each rule for its own attributes instead.
 */
export function strictestRule(rules: readonly AnalysisRule[]): AnalysisRule {
  const [first, ...others] = rules;
  if (first === undefined) return NO_USE;
  return others.reduce(stricterRule, stricterRule(first, first));
}

function stricterRule(left: AnalysisRule, right: AnalysisRule): AnalysisRule {
  const regions = regionsOfBoth(left.regions, right.regions);
  const recordAttributes = inBoth(left.activation.recordAttributes ?? [], right.activation.recordAttributes ?? []);
  return {
    allowedAnalyses: inBoth(left.allowedAnalyses, right.allowedAnalyses),
    filterAttributes: inBoth(left.filterAttributes, right.filterAttributes),
    breakdownAttributes: inBoth(left.breakdownAttributes, right.breakdownAttributes),
    activation: {
      allowed: left.activation.allowed && right.activation.allowed,
      destinations: inBoth(left.activation.destinations, right.activation.destinations),
      purposes: inBoth(left.activation.purposes, right.activation.purposes),
      approval:
        left.activation.approval === 'not-required' && right.activation.approval === 'not-required'
          ? 'not-required'
          : 'required',
      ...(recordAttributes.length === 0 ? {} : { recordAttributes }),
    },
    privacyThreshold: strictestThreshold([left.privacyThreshold, right.privacyThreshold]),
    cardinality: left.cardinality === 'many' && right.cardinality === 'many' ? 'many' : 'one-to-one',
    ...(regions === undefined ? {} : { regions }),
  };
}

/** The highest of the thresholds and the service's own. */
export function strictestThreshold(thresholds: readonly number[]): number {
  for (const threshold of thresholds) {
    if (!Number.isSafeInteger(threshold)) {
      throw new PolicyError('rule_invalid', 'A privacy threshold is a whole number of persons.');
    }
  }
  return Math.max(DEFAULTS.privacyThreshold, ...thresholds);
}

function inBoth(left: readonly string[], right: readonly string[]): string[] {
  const also = new Set(right);
  return [...new Set(left)].filter((name) => also.has(name)).sort();
}

function regionsOfBoth(left?: readonly string[], right?: readonly string[]): string[] | undefined {
  if (left === undefined && right === undefined) return undefined;
  return inBoth(left ?? right ?? [], right ?? left ?? []);
}
