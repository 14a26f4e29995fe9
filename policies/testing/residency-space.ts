// The enumerated space of regions, for audiences and figures: what may cross from where to where, by the title of the policy alone.
import { aggregateRequest } from '../aggregate-release.ts';
import { audienceRequest } from '../audience-release.ts';
import type { ActivationRule } from '../contributor-facts.ts';
import type { PolicyRequest } from '../decide.ts';
import { combinations, type DecidedCase } from './decision-space.ts';

const RULES = ['silent', 'eu', 'us', 'eu and us', 'nowhere'] as const;

const WORDS = {
  leaves: ['an audience', 'a figure'],
  ours: RULES,
  theirs: RULES,
  receiver: ['eu', 'us', 'nobody knows'],
  heldIn: ['eu', 'us'],
  persons: [49, 50],
  analysis: ['allowed', 'not allowed'],
} as const;

type Words = { [K in keyof typeof WORDS]: (typeof WORDS)[K][number] };

/** What may leave in every other respect, or not, across every pair of regions. */
export function* residencyCases(): Generator<DecidedCase> {
  for (const words of combinations(WORDS)) {
    yield { words, expected: mayCross(words) ? 'allow' : 'deny', decide: (set) => set.decide(requestOf(words)) };
  }
}

function mayCross({ ours, theirs, receiver, heldIn, persons, analysis }: Words): boolean {
  // "A figure leaves when every contributor's rule allows the analysis", "An audience leaves when every contributor's rule allows".
  if (analysis === 'not allowed' || persons < 50) return false;
  // "Only to regions that every contributor allows": of the receiver, and of the collaboration that it passes.
  return [ours, theirs].every((rule) => {
    if (rule === 'silent') return true;
    const named: readonly string[] = rule.split(' and ');
    return named.includes(receiver) && named.includes(heldIn);
  });
}

function requestOf(words: Words): PolicyRequest {
  const { receiver, heldIn } = words;
  const region = receiver === 'nobody knows' ? null : receiver;
  const facts = {
    requestedBy: { memberId: 'analyst', tenantId: 'osec' },
    persons: words.persons,
    rules: [ruleOf('osec', words.ours, words), ruleOf('rando', words.theirs, words)],
    collaborationRegion: heldIn,
    collaborationStatus: 'active' as const,
    instant: '2026-06-01T00:00:00.000Z',
  };
  if (words.leaves === 'a figure') return aggregateRequest({ ...facts, analysis: 'overlap', receiverRegion: region });
  return audienceRequest({
    ...facts,
    audienceId: 'aud',
    destinationKind: 'xandr',
    destinationRegion: region,
    purpose: 'advertising',
    approvals: [],
  });
}

function ruleOf(tenantId: string, words: Words['ours'], { analysis }: Words): ActivationRule {
  const isAllowed = analysis === 'allowed';
  return {
    tenantId,
    rule: {
      allowedAnalyses: isAllowed ? ['overlap'] : [],
      filterAttributes: [],
      breakdownAttributes: [],
      activation: {
        allowed: isAllowed,
        destinations: ['xandr'],
        purposes: ['advertising'],
        approval: 'not-required',
      },
      privacyThreshold: 50,
      ...(words === 'silent' ? {} : { regions: words === 'nowhere' ? [] : words.split(' and ') }),
    },
  };
}
