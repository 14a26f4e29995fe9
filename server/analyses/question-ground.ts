// Everything that a question is judged by: what it says, what it costs, what is left, and what policies say to it before anybody
// is counted. The same for a preview, for asking and for the worker, so that what was previewed is what is done.
import type { Knex } from 'knex';
import { AnalysisError, type AnalysisRequest } from '../../matching/analyses/analysis.ts';
import { checkAnalysis } from '../../matching/analyses/compute.ts';
import { metricShapes } from '../../matching/analyses/metric-shapes.ts';
import type { RunRequest, Snapshot } from '../../openapi/generated/api.ts';
import { type AggregateFacts, aggregateRequest } from '../../policies/aggregate-release.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import type { Decision } from '../../policies/decide.ts';
import { answerCost, type MetricShape } from '../../policies/noised-answer.ts';
import type { PicoRho } from '../../policies/privacy-budget.ts';
import { instantOf } from '../clock.ts';
import type { Collaboration } from '../collaborations/collaboration.ts';
import { regionOfTenant, residentRule } from '../collaborations/residency.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { canonicalHashes } from './canonical-question.ts';
import { ledgerDatasets } from './dataset-budget.ts';
import { type Budget, findStoredAnswer, getBudget, type LedgerQuestion } from './privacy-ledger.ts';
import type { AnswerKey } from './privacy-ledger-store.ts';
import { countReleases } from './releases.ts';
import { type ResolvedQuestion, resolveQuestion } from './resolved-question.ts';

export interface QuestionGround {
  readonly collaboration: Collaboration;
  readonly resolved: ResolvedQuestion;
  readonly key: AnswerKey;
  readonly snapshot: Snapshot;
  readonly shapes: readonly MetricShape[];
  readonly threshold: number;
  /** Zero when the answer is stored. */
  readonly cost: PicoRho;
  /** What policies see of it, but for the count and the budget. */
  readonly facts: Omit<AggregateFacts, 'persons'>;
  /** The accounts that it is paid from. */
  readonly ledger: LedgerQuestion;
}

export interface Asker {
  readonly tenantId: string;
  readonly memberId: string;
}

/** Throws `request_invalid`, `not_found` and `state_conflict`; nothing of it depends on a person. */
export async function groundOfQuestion(
  ground: Ground,
  knex: Knex,
  of: { collaboration: Collaboration; asker: Asker; request: RunRequest },
): Promise<QuestionGround> {
  const { collaboration, asker, request } = of;
  const resolved = await resolveQuestion(knex, { collaboration, tenantId: asker.tenantId, request });
  const { terms } = collaboration;
  const hashes = canonicalHashes(resolved, terms);
  const key = { collaborationId: collaboration.id, ...hashes };
  const shapes = metricShapes({ question: resolved.question, types: terms.identifierTypes, bounding: terms.privacy });
  const isStored = (await findStoredAnswer(knex, key)) !== undefined;
  const facts = await factsOf(ground, knex, { ...of, resolved });
  return {
    collaboration,
    resolved,
    key,
    snapshot: {
      hash: hashes.snapshot,
      contributions: resolved.sources.map(({ alias, row }) => ({ alias, contributed_at: row.contributedAt })),
    },
    shapes,
    threshold: effectiveThreshold(facts.rules, terms.privacyThreshold),
    cost: isStored ? 0n : answerCost(shapes, terms.privacy),
    facts,
    ledger: {
      collaborationId: collaboration.id,
      terms: terms.privacy,
      now: facts.instant,
      // The control of the attack suite counts no releases and knows one budget only, so that an attack on it can show its power.
      datasets: ground.config.attackControl ? [] : ledgerDatasets(collaboration, resolved.sources),
    },
  };
}

async function factsOf(
  ground: Ground,
  knex: Knex,
  of: { collaboration: Collaboration; asker: Asker; request: RunRequest; resolved: ResolvedQuestion },
): Promise<Omit<AggregateFacts, 'persons'>> {
  const { collaboration, asker, request, resolved } = of;
  const { privacyThreshold, endsAt } = collaboration.terms;
  return {
    analysis: request.analysis,
    requestedBy: { memberId: asker.memberId, tenantId: asker.tenantId },
    threshold: privacyThreshold,
    rules: await Promise.all(resolved.sources.map(({ row }) => residentRule(knex, row))),
    receiverRegion: await regionOfTenant(knex, asker.tenantId),
    collaborationRegion: collaboration.region,
    filterAttributes: resolved.filters,
    breakdownAttributes: resolved.breakdowns,
    collaborationStatus: collaboration.status,
    ...(endsAt === null ? {} : { collaborationEndsAt: endsAt }),
    instant: instantOf(ground.clock),
  };
}

/** Decides on all that is known before anybody is counted. The count has a decision of its own. */
export function decideBeforeCounting(ground: Ground, asked: QuestionGround, standing: Standing): Decision {
  const { budget, releasesToday } = standing;
  return ground.policies.decide(
    aggregateRequest({
      ...asked.facts,
      persons: Number.MAX_SAFE_INTEGER,
      budget: { cost: asked.cost, left: budget.left },
      releasesToday,
    }),
  );
}

/** How far the asker may still go. */
export interface Standing {
  readonly budget: Budget;
  readonly releasesToday: number;
}

/** A stored answer is no release: it was one when it was drawn. */
export async function standingOf(knex: Knex, asked: QuestionGround): Promise<Standing> {
  const { facts, ledger, cost } = asked;
  const tenants = [facts.requestedBy.tenantId, ...facts.rules.map(({ tenantId }) => tenantId)];
  const releasesToday = cost === 0n ? 0 : await countReleases(knex, { tenants, now: ledger.now });
  return { budget: await getBudget(knex, ledger), releasesToday };
}

/** Throws `request_invalid` for a question that does not fit the schemas. To be asked after the rules allowed its attributes. */
export function assertAnswerable({ resolved, collaboration }: QuestionGround): void {
  try {
    checkAnalysis({
      run: 'run_00000000000000000000000000',
      ...engineQuestion(resolved, collaboration),
      bounding: { ...boundsOf(collaboration), key: new Uint8Array(32) },
    });
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    const pointer = error.pointer.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw new ServiceError('request_invalid', { errors: [{ pointer, message: `${error.code}: ${error.hint}.` }] });
  }
}

export function engineQuestion(
  { question, sources }: ResolvedQuestion,
  { terms }: Collaboration,
): Pick<AnalysisRequest, 'question' | 'contributions' | 'types'> {
  const contributions = sources.map(({ contribution, alias, version, schema }) => ({
    contribution,
    alias,
    version,
    schema,
  }));
  return { question, contributions, types: terms.identifierTypes };
}

export function boundsOf({ terms: { privacy } }: Collaboration): { maxGroups: number; perGroup: number } {
  return { maxGroups: privacy.maxGroups, perGroup: privacy.perGroup };
}
