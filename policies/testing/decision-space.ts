// An enumerated space of requests to both gates of a delivery, each with what an oracle says that was written from the titles of the
// policies alone: it reads the cases as words, and never the requests that are made of them.
import { audienceRequest } from '../audience-release.ts';
import { type ConsentClass, decidePersonOfSeveralSources, personRequest, type Transfer } from '../consent.ts';
import type { CollaborationStatus } from '../contributor-facts.ts';
import type { Decision, PolicySet } from '../decide.ts';
import type { AnalysisRule } from '../privacy-threshold.ts';

export interface DecidedCase {
  /** For whoever reads a mismatch. */
  readonly words: Readonly<Record<string, unknown>>;
  readonly expected: 'allow' | 'deny';
  decide(set: Pick<PolicySet, 'decide'>): Decision;
}

const NOW = '2026-06-01T00:00:00.000Z';

/** Every combination of one value each. */
export function* combinations<T extends Record<string, readonly unknown[]>>(
  values: T,
): Generator<{ [K in keyof T]: T[K][number] }> {
  const names = Object.keys(values);
  const counts = names.map((name) => values[name]?.length ?? 0);
  const total = counts.reduce((product, count) => product * count, 1);
  for (let n = 0; n < total; n++) {
    let rest = n;
    const chosen: Record<string, unknown> = {};
    for (const [at, name] of names.entries()) {
      chosen[name] = values[name]?.[rest % (counts[at] as number)];
      rest = Math.floor(rest / (counts[at] as number));
    }
    yield chosen as { [K in keyof T]: T[K][number] };
  }
}

const PERSON_WORDS = {
  says: [
    'nothing',
    'this purpose, here',
    'this purpose, elsewhere',
    'another purpose, here',
    'every purpose, everywhere',
  ],
  term: ['none', 'over', 'over at this instant', 'to come'],
  signal: ['none', 'withdrawn', 'opted out', 'known child', 'unreadable'],
  beside: [
    'no other source',
    'another that agrees',
    'another that agrees elsewhere',
    'another that was withdrawn',
    'a silent one',
  ],
  person: ['plain', 'suppressed', 'erased'],
  purpose: ['advertising', 'measurement', 'email-marketing'],
  destination: ['xandr', 'webhook'],
} as const;

type PersonWords = { [K in keyof typeof PERSON_WORDS]: (typeof PERSON_WORDS)[K][number] };

/** Persons: what they said, until when, what else is on record, and where they would go for what. */
export function* personCases(): Generator<DecidedCase> {
  for (const words of combinations(PERSON_WORDS)) {
    yield { words, expected: mayGo(words) ? 'allow' : 'deny', decide: (set) => decidePerson(set, words) };
  }
}

function mayGo({ says, term, signal, beside, person, purpose }: PersonWords): boolean {
  // "Suppressed persons stay", "Persons who asked for erasure stay".
  if (person !== 'plain') return false;
  // "Consent to marketing emails sends nobody to a platform".
  if (purpose === 'email-marketing') return false;
  // "A consent that cannot be read is none", "Who took a consent back goes nowhere by it", "An opt-out is heard wherever it
  // was said", "Known children stay".
  if (signal !== 'none') return false;
  // "Persons go where they agreed to go, for what they agreed to": every source that says anything must say so.
  const isBesideKnown = beside !== 'no other source' && beside !== 'a silent one';
  if (isBesideKnown && beside !== 'another that agrees') return false;
  // "Silence is no consent", of all sources; of one it is no refusal.
  if (says === 'nothing') return isBesideKnown;
  // "Consent must name the purpose", "Consent must name the destination".
  if (says !== 'this purpose, here' && says !== 'every purpose, everywhere') return false;
  // "Consent ends when it ends".
  return term === 'none' || term === 'to come';
}

const TERMS = {
  none: undefined,
  over: '2026-05-31T23:59:59.000Z',
  'over at this instant': NOW,
  'to come': '2026-06-01T00:00:01.000Z',
} as const;

function decidePerson(set: Pick<PolicySet, 'decide'>, words: PersonWords): Decision {
  const transfer: Transfer = { purpose: words.purpose, destinationKind: words.destination, instant: NOW };
  const sources = [classOf(words, transfer), ...classesBeside(words, transfer)];
  if (words.person === 'plain') return decidePersonOfSeveralSources(set, sources, transfer);
  const who = words.person === 'suppressed' ? { suppressed: true } : { erased: true };
  return set.decide(personRequest({ consentClass: sources[0] as ConsentClass, ...transfer, ...who }));
}

function classOf({ says, term, signal }: PersonWords, { purpose, destinationKind }: Transfer): ConsentClass {
  const elsewhere = 'kameleoon';
  const other = purpose === 'analytics' ? 'measurement' : 'analytics';
  const until = TERMS[term] === undefined ? {} : { expiresAt: TERMS[term] };
  const grants = {
    nothing: [],
    'this purpose, here': [{ purpose, destinations: [destinationKind], ...until }],
    'this purpose, elsewhere': [{ purpose, destinations: [elsewhere], ...until }],
    'another purpose, here': [{ purpose: other, destinations: [destinationKind], ...until }],
    'every purpose, everywhere': [purpose, other].map((each) => ({
      purpose: each,
      destinations: [destinationKind, elsewhere],
      ...until,
    })),
  }[says];
  if (signal === 'none') return { id: 1, source: grants.length === 0 ? 'none' : 'purposes-column', grants };
  const flags = {
    withdrawn: { source: 'evidence' as const, isWithdrawn: true },
    'opted out': { source: 'gpp' as const, isOptedOut: true },
    'known child': { source: 'gpp' as const, isKnownChild: true },
    unreadable: { source: 'tcf' as const, isReadable: false },
  }[signal];
  return { id: 1, grants, ...flags };
}

function classesBeside({ beside }: PersonWords, { purpose, destinationKind }: Transfer): ConsentClass[] {
  const agreeing = (destination: string) => [{ purpose, destinations: [destination] }];
  if (beside === 'no other source') return [];
  if (beside === 'a silent one') return [{ id: 2, source: 'none', grants: [] }];
  if (beside === 'another that agrees') return [{ id: 2, source: 'evidence', grants: agreeing(destinationKind) }];
  if (beside === 'another that agrees elsewhere') return [{ id: 2, source: 'tcf', grants: agreeing('kameleoon') }];
  return [{ id: 2, source: 'evidence', grants: agreeing(destinationKind), isWithdrawn: true }];
}

const RULES = [
  'none',
  'forbids activation',
  'names another destination',
  'names another purpose',
  'names another region',
  'opens no attribute',
  'allows',
  'allows and waives approval',
] as const;

const AUDIENCE_WORDS = {
  ours: RULES,
  theirs: RULES,
  approvals: ['none', 'ours', 'theirs', 'both', 'both, and one rejection', 'both, ours by who asked'],
  collaboration: ['active', 'draft', 'ended', 'active, past its end'],
  persons: [49, 50, 99, 100],
  threshold: [undefined, 49, 100],
  difference: ['none', 'of 49', 'of 50'],
  minimum: ['none', 'of 100'],
} as const;

type AudienceWords = { [K in keyof typeof AUDIENCE_WORDS]: (typeof AUDIENCE_WORDS)[K][number] };

/** Audiences of two contributors. */
export function* audienceCases(): Generator<DecidedCase> {
  for (const words of combinations(AUDIENCE_WORDS)) {
    yield { words, expected: mayLeave(words) ? 'allow' : 'deny', decide: (set) => set.decide(audienceOf(words)) };
  }
}

function mayLeave(words: AudienceWords): boolean {
  const { ours, theirs, approvals, collaboration, persons, threshold, difference, minimum } = words;
  const good: readonly string[] = ['allows', 'allows and waives approval'];
  // "An audience leaves when every contributor's rule allows activation", and the rules about destinations, purposes, regions,
  // attributes: each names what every contributor must have allowed. "No rule, no use".
  if (!good.includes(ours) || !good.includes(theirs)) return false;
  // "Nothing leaves a collaboration that is not active", "… past its end date".
  if (collaboration !== 'active') return false;
  // "No threshold below 50 persons", "No result about too few persons", "An audience … has as many persons as its members agreed on".
  if (threshold === 49 || persons < (threshold ?? 50)) return false;
  if (minimum === 'of 100' && persons < 100) return false;
  // "No audience that differs by a few".
  if (difference === 'of 49') return false;
  // "One rejection is enough", "Who asks does not approve", "Every tenant that must approve has approved".
  if (approvals === 'both, and one rejection' || approvals === 'both, ours by who asked') return false;
  const oursApproved = ours === 'allows and waives approval' || approvals === 'ours' || approvals === 'both';
  const theirsApproved = theirs === 'allows and waives approval' || approvals === 'theirs' || approvals === 'both';
  return oursApproved && theirsApproved;
}

function audienceOf(words: AudienceWords) {
  const { threshold, difference, minimum, collaboration } = words;
  const approval = (tenantId: string, memberId: string, outcome: 'approved' | 'rejected' = 'approved') => [
    { tenantId, memberId, outcome },
  ];
  const both = [...approval('osec', 'officer'), ...approval('rando', 'guardian')];
  return audienceRequest({
    audienceId: 'aud',
    requestedBy: { memberId: 'analyst', tenantId: 'osec' },
    persons: words.persons,
    ...(threshold === undefined ? {} : { threshold }),
    ...(minimum === 'none' ? {} : { minimumPersons: 100 }),
    ...(difference === 'none' ? {} : { smallestDifference: difference === 'of 49' ? 49 : 50 }),
    destinationKind: 'xandr',
    destinationRegion: 'eu',
    purpose: 'advertising',
    rules: [
      { tenantId: 'osec', rule: ruleOf(words.ours) },
      { tenantId: 'rando', rule: ruleOf(words.theirs) },
    ],
    filterAttributes: ['osec', 'rando'].map((tenantId) => ({ tenantId, name: 'activity' })),
    approvals: {
      none: [],
      ours: approval('osec', 'officer'),
      theirs: approval('rando', 'guardian'),
      both,
      'both, and one rejection': [...both, ...approval('rando', 'lawyer', 'rejected')],
      'both, ours by who asked': [...approval('osec', 'analyst'), ...approval('rando', 'guardian')],
    }[words.approvals],
    collaborationStatus: (collaboration === 'active, past its end' ? 'active' : collaboration) as CollaborationStatus,
    ...(collaboration === 'active, past its end' ? { collaborationEndsAt: NOW } : {}),
    instant: NOW,
  });
}

function ruleOf(words: (typeof RULES)[number]): AnalysisRule | null {
  if (words === 'none') return null;
  return {
    allowedAnalyses: [],
    filterAttributes: words === 'opens no attribute' ? [] : ['activity'],
    breakdownAttributes: [],
    activation: {
      allowed: words !== 'forbids activation',
      destinations: words === 'names another destination' ? ['webhook'] : ['xandr'],
      purposes: words === 'names another purpose' ? ['measurement'] : ['advertising'],
      approval: words === 'allows and waives approval' ? 'not-required' : 'required',
    },
    privacyThreshold: 50,
    ...(words === 'names another region' ? { regions: ['us'] } : { regions: ['eu'] }),
  };
}
