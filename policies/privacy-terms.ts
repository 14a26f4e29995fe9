// How much may be learnt from a collaboration at all: the terms that its members accept, strict unless they agree otherwise.
// What members give up by terms of their own is said in sentences, since nobody accepts what they cannot read.
import { PRIVACY_BOUNDS } from './limits.ts';

export interface PrivacyTerms {
  readonly preset: 'strict' | 'custom';
  /** The promise (ε, δ) over all answers of a period, to each person. */
  readonly epsilon: number;
  readonly delta: number;
  /** Standard deviation of the noise on a count of persons; other sums get it in units of what one person can add. */
  readonly sigma: number;
  /** A person stands in at most so many groups of one answer (m) … */
  readonly maxGroups: number;
  /** … and counts for at most so much in each (c). */
  readonly perGroup: number;
  /** Days after which what was spent is free again. */
  readonly periodDays: number;
  /** Persons that a contribution must have before it is matched: a list of a few is a question about those few. */
  readonly minimumListPersons: number;
  /** Persons that an audience must have before it is delivered. */
  readonly minimumAudiencePersons: number;
  /** Standard deviation of the noise on which it is decided whether an audience is large and different enough. */
  readonly decisionSigma: number;
}

export const STRICT: PrivacyTerms = {
  preset: 'strict',
  epsilon: 3,
  delta: 1e-6,
  sigma: 50,
  maxGroups: 4,
  perGroup: 4,
  periodDays: 30,
  minimumListPersons: 1_000,
  minimumAudiencePersons: 1_000,
  decisionSigma: 30,
};

export type PrivacyParameter = keyof typeof PRIVACY_BOUNDS;

export interface PrivacyTermsIssue {
  readonly parameter: PrivacyParameter | 'preset';
  readonly message: string;
}

/** The terms that `wish` stands for; what it leaves out is strict. Its issues, if it cannot be accepted. */
export function privacyTermsOf(wish: Partial<PrivacyTerms> | undefined): {
  readonly terms: PrivacyTerms;
  readonly issues: readonly PrivacyTermsIssue[];
} {
  const terms: PrivacyTerms = { ...STRICT, ...definedOf(wish ?? {}) };
  const parameters = Object.keys(PRIVACY_BOUNDS) as PrivacyParameter[];
  const issues = parameters.flatMap((parameter): PrivacyTermsIssue[] => {
    const { min, max } = PRIVACY_BOUNDS[parameter];
    const value = terms[parameter];
    if (value >= min && value <= max) return [];
    return [{ parameter, message: `must be from ${min} to ${max}` }];
  });
  if (terms.preset === 'strict' && parameters.some((parameter) => terms[parameter] !== STRICT[parameter])) {
    return {
      terms,
      issues: [...issues, { parameter: 'preset', message: 'parameters of your own need preset custom' }],
    };
  }
  return { terms, issues };
}

/** What these terms give up against the strict ones, one sentence each; nothing for terms that are at least as strict. */
export function givenUp(terms: PrivacyTerms): string[] {
  return (Object.keys(SENTENCES) as PrivacyParameter[])
    .filter((parameter) => isLaxer(parameter, terms[parameter]))
    .map((parameter) => SENTENCES[parameter](terms[parameter]));
}

const LAX_WHEN_LOWER: readonly PrivacyParameter[] = [
  'sigma',
  'periodDays',
  'minimumListPersons',
  'minimumAudiencePersons',
  'decisionSigma',
];

function isLaxer(parameter: PrivacyParameter, value: number): boolean {
  return LAX_WHEN_LOWER.includes(parameter) ? value < STRICT[parameter] : value > STRICT[parameter];
}

const SENTENCES: Readonly<Record<PrivacyParameter, (value: number) => string>> = {
  epsilon: (value) =>
    `Whoever guesses whether one person is in the data may, after all answers of a period, be up to e^${value} times surer rather than e^${STRICT.epsilon} times.`,
  delta: (value) => `That promise may fail with a probability of ${value} rather than ${STRICT.delta}.`,
  sigma: (value) =>
    `Answers blur ${value} persons rather than ${STRICT.sigma}: each tells more of small groups and costs more.`,
  maxGroups: (value) =>
    `One person may stand in ${value} groups of an answer rather than ${STRICT.maxGroups}, so that each answer costs more of the budget.`,
  perGroup: (value) =>
    `One person may count ${value} times in a group rather than ${STRICT.perGroup}, so that very active persons weigh more.`,
  periodDays: (value) =>
    `The budget is whole again after ${value} days rather than ${STRICT.periodDays}: over a year more is learnt of the same persons.`,
  minimumListPersons: (value) =>
    `Lists of ${value} persons are matched rather than of ${STRICT.minimumListPersons.toLocaleString('en')}: a short list is closer to a question about each person on it.`,
  minimumAudiencePersons: (value) =>
    `Audiences of ${value} persons are delivered rather than of ${STRICT.minimumAudiencePersons.toLocaleString('en')}: who is in a small audience stands out more.`,
  decisionSigma: (value) =>
    `Whether an audience may leave is decided with a blur of ${value} persons rather than ${STRICT.decisionSigma}: each decision tells more and costs more.`,
};

function definedOf(wish: Partial<PrivacyTerms>): Partial<PrivacyTerms> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}
