// What a contributor would allow, as it is ticked, as the rule that the service takes, and as sentences that anybody understands.
import type { AnalysisRule, CollaborationTerms, Dataset } from '../../../../openapi/generated/api.ts';
import type { MessageKey } from '../../i18n/i18n.ts';

export type AnalysisName = AnalysisRule['allowed_analyses'][number];
export const ANALYSES: readonly AnalysisName[] = [
  'overlap',
  'profile',
  'reach-frequency',
  'conversion',
  'attribution',
  'segment-size',
];
export const PURPOSES = ['advertising', 'measurement', 'personalisation', 'analytics', 'email-marketing'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface RuleDraft {
  readonly analyses: readonly AnalysisName[];
  readonly attributes: readonly string[];
  /** Kinds of destination that matched persons may be delivered to; none: nobody is ever delivered. */
  readonly destinations: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly needsApproval: boolean;
  readonly privacyThreshold: number;
}

/** Strict: sizes may be asked for, nobody leaves. */
export function firstDraft(terms: Pick<CollaborationTerms, 'privacy_threshold'>): RuleDraft {
  return {
    analyses: ['overlap'],
    attributes: [],
    destinations: [],
    purposes: [],
    needsApproval: true,
    privacyThreshold: terms.privacy_threshold,
  };
}

export function ruleOf(draft: RuleDraft): AnalysisRule {
  const mayLeave = draft.destinations.length > 0 && draft.purposes.length > 0;
  return {
    allowed_analyses: [...draft.analyses],
    filter_attributes: [...draft.attributes],
    breakdown_attributes: [...draft.attributes],
    activation: {
      allowed: mayLeave,
      destinations: mayLeave ? [...draft.destinations] : [],
      purposes: mayLeave ? [...draft.purposes] : [],
      approval: draft.needsApproval ? 'required' : 'not-required',
    },
    privacy_threshold: draft.privacyThreshold,
  };
}

/** Attributes that a partner may ask about; identifiers and consent are never among them. */
export function attributesOf(dataset: Pick<Dataset, 'schema'>): string[] {
  const columns = Object.entries(dataset.schema.columns as Record<string, { role?: string }>);
  return columns.filter(([, { role }]) => role === 'attribute').map(([name]) => name);
}

/** A contribution's name in segments, made of the dataset's. */
export function aliasOf(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return plain.slice(0, 32).replace(/_+$/, '') || 'ours';
}

export const ALIAS = /^[a-z][a-z0-9_]{0,31}$/;

type RuleMessage = Extract<MessageKey, `invitation.says-${string}`>;

export interface RuleSentence {
  readonly message: RuleMessage;
  /** Values that stay as they are. */
  readonly values?: Readonly<Record<string, number>>;
  /** Values that are lists of words, each with the words of the reader's language still to be found. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

export function sentencesOf(draft: RuleDraft): RuleSentence[] {
  const { activation } = ruleOf(draft);
  const analyses: RuleSentence =
    draft.analyses.length === 0
      ? { message: 'invitation.says-noAnalyses' }
      : { message: 'invitation.says-analyses', lists: { analyses: draft.analyses.map((one) => `analysis-${one}`) } };
  const attributes: RuleSentence =
    draft.attributes.length === 0
      ? { message: 'invitation.says-noAttributes' }
      : { message: 'invitation.says-attributes', lists: { attributes: draft.attributes } };
  return [
    analyses,
    attributes,
    { message: 'invitation.says-threshold', values: { count: draft.privacyThreshold } },
    ...(activation.allowed
      ? [
          {
            message: 'invitation.says-delivery',
            lists: {
              destinations: activation.destinations,
              purposes: activation.purposes.map((one) => `purpose-${one}`),
            },
          } as const,
          { message: draft.needsApproval ? 'invitation.says-approval' : 'invitation.says-noApproval' } as const,
        ]
      : [{ message: 'invitation.says-noDelivery' } as const]),
    { message: 'invitation.says-never' },
  ];
}
