// The questions of recorded decisions, kept so that they can be asked again of another set of policies: "with k = 100 these earlier
// releases would have been withheld". A count of persons is kept as it may be shown, never as it was.
import { roundedCount } from './aggregate-release.ts';
import type { PolicyRequest, PolicySet } from './decide.ts';
import { DEFAULTS } from './limits.ts';

export interface PastDecision {
  readonly eventId: string;
  readonly tenantId: string | null;
  readonly instant: string;
  readonly event: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly outcome: 'allow' | 'deny';
  readonly question: PolicyRequest;
}

export interface Replayed {
  readonly past: PastDecision;
  readonly reasons: readonly string[];
  readonly policies: readonly string[];
}

export interface Replay {
  readonly considered: number;
  /** Allowed then, refused now. */
  readonly withheld: readonly Replayed[];
  /** Refused then, allowed now. */
  readonly opened: readonly Replayed[];
  /** Asked in words that the policies do not use any more. */
  readonly unreadable: number;
}

/** Gates whose questions are kept. Of single persons nothing is: their classes of consent are decided, not recorded one by one. */
export function isKept({ action }: Pick<PolicyRequest, 'action'>): boolean {
  return action !== 'person:deliver';
}

export function keptQuestion(request: PolicyRequest): PolicyRequest {
  return { ...request, context: coarse(request.context) };
}

/** Past this a count says "enough": it is no number of persons, but stands for not yet having counted. */
const MOST_PERSONS = 10_000_000_000;

function coarse(context: PolicyRequest['context']): PolicyRequest['context'] {
  const { persons, threshold, smallestDifference } = context;
  return {
    ...context,
    ...(typeof persons === 'number' ? { persons: shownPersons(persons, Number(threshold)) } : {}),
    ...(typeof smallestDifference === 'number' ? { smallestDifference: shownDifference(smallestDifference) } : {}),
  };
}

function shownPersons(persons: number, asked: number): number {
  const threshold = Math.max(asked || 0, DEFAULTS.privacyThreshold);
  const count = roundedCount(Math.min(persons, MOST_PERSONS), { threshold, multiple: DEFAULTS.roundTo });
  return 'value' in count ? count.value : 0;
}

function shownDifference(persons: number): number {
  if (persons < DEFAULTS.audienceDifference) return 0;
  return Math.floor(persons / DEFAULTS.roundTo) * DEFAULTS.roundTo;
}

export function replay(set: Pick<PolicySet, 'decide'>, past: readonly PastDecision[]): Replay {
  const withheld: Replayed[] = [];
  const opened: Replayed[] = [];
  let unreadable = 0;
  for (const each of past) {
    const { outcome, reasons, policies } = set.decide(each.question);
    if (reasons.includes('policy_error')) unreadable++;
    else if (outcome === 'deny' && each.outcome === 'allow') withheld.push({ past: each, reasons, policies });
    else if (outcome === 'allow' && each.outcome === 'deny') opened.push({ past: each, reasons, policies });
  }
  return { considered: past.length, withheld, opened, unreadable };
}
