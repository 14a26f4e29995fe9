// What a change of policies would do: its differences by title, the scenarios that come out otherwise, the earlier releases that
// would have been withheld. In the words of the contract, as it is shown and hashed.
import type { JsonObject } from '../../audit/canonical-json.ts';
import type { Policy, PolicySet } from '../../policies/decide.ts';
import { type PastDecision, type Replay, type Replayed, replay } from '../../policies/history.ts';
import { differencesBetween, type PolicyDifference } from '../../policies/policy-edit.ts';
import { runScenarios, type ScenarioReport } from '../../policies/scenario-run.ts';
import { MAX_NAMED_RELEASES } from './limits.ts';

export interface PolicyReport {
  readonly differences: readonly ShownDifference[];
  /** Ids of changed policies that are not provably as strict as before. */
  readonly may_allow_more: readonly string[];
  readonly scenarios: { readonly cases: number; readonly changed: readonly ShownScenario[] };
  readonly history: ShownHistory;
  readonly text: string;
}

export interface ShownDifference {
  readonly id: string;
  readonly kind: PolicyDifference['kind'];
  readonly effect: PolicyDifference['effect'];
  readonly strictness: PolicyDifference['strictness'];
  readonly title_before: string | null;
  readonly title_after: string | null;
  readonly text_before: string | null;
  readonly text_after: string | null;
}

interface ShownScenario {
  readonly about: string;
  readonly gate: string;
  readonly case: string;
  readonly written: 'allowed' | 'refused';
  readonly now: 'allowed' | 'refused';
  readonly because: readonly string[];
}

interface ShownHistory {
  readonly considered: number;
  readonly withheld: number;
  readonly opened: number;
  readonly unreadable: number;
  readonly releases: readonly ShownRelease[];
}

interface ShownRelease {
  /** Null, as the subject, for what another tenant released: that it was is told, not what. */
  readonly event_id: string | null;
  readonly subject: { readonly kind: string; readonly id: string } | null;
  readonly gate: string;
  readonly instant: string;
  readonly now: 'withheld' | 'allowed';
  readonly reasons: readonly string[];
  readonly policies: readonly string[];
}

export interface Trial {
  readonly before: readonly Policy[];
  readonly after: readonly Policy[];
  readonly set: PolicySet;
  readonly past: readonly PastDecision[];
  /** Whose events the report may name; null for the operators, who are told of none. */
  readonly viewer: string | null;
}

export function reportOf({ before, after, set, past, viewer }: Trial): PolicyReport {
  const differences = differencesBetween(before, after);
  const scenarios = runScenarios(set);
  const replayed = replay(set, past);
  return {
    differences: differences.map(shownDifference),
    may_allow_more: differences.filter(({ strictness }) => strictness === 'may-allow-more').map(({ id }) => id),
    scenarios: {
      cases: scenarios.cases,
      changed: scenarios.changed.map(({ now, ...one }) => ({ ...one, now: now.result, because: now.because })),
    },
    history: shownHistory(replayed, viewer),
    text: textOf({ differences, scenarios, replayed }),
  };
}

function shownDifference(difference: PolicyDifference): ShownDifference {
  const { id, kind, effect, strictness } = difference;
  return {
    id,
    kind,
    effect,
    strictness,
    title_before: difference.titleBefore,
    title_after: difference.titleAfter,
    text_before: difference.textBefore,
    text_after: difference.textAfter,
  };
}

function shownHistory({ considered, withheld, opened, unreadable }: Replay, viewer: string | null): ShownHistory {
  const named = [
    ...withheld.map((one) => shownRelease(one, { now: 'withheld', viewer })),
    ...opened.map((one) => shownRelease(one, { now: 'allowed', viewer })),
  ];
  return {
    considered,
    withheld: withheld.length,
    opened: opened.length,
    unreadable,
    releases: named.slice(0, MAX_NAMED_RELEASES),
  };
}

function shownRelease(
  { past, reasons, policies }: Replayed,
  { now, viewer }: { now: ShownRelease['now']; viewer: string | null },
): ShownRelease {
  const isOwn = viewer !== null && past.tenantId === viewer;
  return {
    event_id: isOwn ? past.eventId : null,
    subject: isOwn ? past.subject : null,
    gate: past.question.action,
    instant: past.instant,
    now,
    reasons,
    policies,
  };
}

function textOf(of: { differences: readonly PolicyDifference[]; scenarios: ScenarioReport; replayed: Replay }): string {
  const { considered, withheld, opened } = of.replayed;
  const loosened = of.differences.filter(({ strictness }) => strictness === 'may-allow-more');
  const titles = loosened.map(({ titleBefore, titleAfter, id }) => `"${titleBefore ?? titleAfter ?? id}"`);
  const { cases, changed } = of.scenarios;
  return [
    `${withheld.length} of ${considered} earlier decisions would have been refused where they were allowed` +
      `, ${opened.length} allowed where they were refused.`,
    `${changed.length} of ${cases} scenarios come out otherwise.`,
    titles.length === 0 ? 'Nothing may be allowed that was refused before.' : `May allow more: ${titles.join(', ')}.`,
  ].join(' ');
}

export function reportDetail({ scenarios, history }: PolicyReport): JsonObject {
  return JSON.parse(JSON.stringify({ scenarios, history })) as JsonObject;
}
