// Counts as they may be shown: rounded, and below the threshold only that they are below it.
import { type RoundedCount, roundedCount } from '../../policies/aggregate-release.ts';
import type { Decision } from '../../policies/decide.ts';
import { DEFAULTS } from '../../policies/privacy-threshold.ts';
import type { Cell, ShownDecision } from '../activations/activation.ts';

export function cellOf(persons: number, threshold: number): Cell {
  return shownCell(roundedCount(persons, { threshold, multiple: DEFAULTS.roundTo }));
}

export function cellsOf(counts: Readonly<Record<string, number>>, threshold: number): Record<string, Cell> {
  return Object.fromEntries(Object.entries(counts).map(([reason, persons]) => [reason, cellOf(persons, threshold)]));
}

export function shownDecision(decision: Decision, eventId: string | null): ShownDecision {
  return {
    outcome: decision.outcome,
    reasons: [...decision.reasons],
    policies: [...decision.policies],
    policy_set_hash: decision.policySetHash,
    event_id: eventId,
  };
}

function shownCell(count: RoundedCount): Cell {
  return 'value' in count ? { value: count.value } : { fewer_than: count.fewerThan };
}
