// Answers a question over the engine: one file for each analysis, one entry for all of them.
// The answer is true, bounded and clamped, and Unreleased; nothing else of the persons comes out.
import { type Unreleased, unreleased } from '../../policies/release.ts';
import type { Engine } from '../engine/engine.ts';
import { AnalysisError, type AnalysisQuestion, type AnalysisRequest, type TrueAnswer } from './analysis.ts';
import { answerAttribution, planAttribution } from './attribution.ts';
import { requireBounding } from './bounding.ts';
import { answerConversion, planConversion } from './conversion.ts';
import { MAX_CONTRIBUTIONS } from './limits.ts';
import { dropLinks, type LinkRequest, linkPersons } from './links.ts';
import { answerOverlap } from './overlap.ts';
import { answerProfile, planProfile } from './profile.ts';
import { answerReachFrequency, planReachFrequency } from './reach-frequency.ts';
import { answerSegmentSize } from './segment-size.ts';
import { selectPairs } from './selected-pairs.ts';

/**
 * Throws AnalysisError or SegmentError for a question that does not fit the schemas, before any person is read, and
 * EngineError when the engine fails. Working tables are gone either way.
 */
export async function computeAnalysis(engine: Engine, request: AnalysisRequest): Promise<Unreleased<TrueAnswer>> {
  const answer = planAnalysis(request);
  const contributions = request.contributions.map(({ contribution }) => contribution);
  const links: LinkRequest = { run: request.run, contributions, types: request.types };
  try {
    await linkPersons(engine, links);
    return unreleased(await answer(engine, links));
  } finally {
    await dropLinks(engine, links);
  }
}

/** Checks a question as `computeAnalysis` does, without reading a person: the dry run of a question. */
export function checkAnalysis(request: AnalysisRequest): void {
  planAnalysis(request);
}

type Answer = (engine: Engine, links: LinkRequest) => Promise<TrueAnswer>;

function planAnalysis(request: AnalysisRequest): Answer {
  const { question, types, bounding } = request;
  if (types.length === 0) throw new Error('nobody is matched without an identifier type');
  requireBounding(bounding);
  requireContributions(request);
  // The question's own type says which request it is; TypeScript narrows the question, not the request around it.
  const asked = <Question extends AnalysisQuestion>(narrowed: Question) => ({ ...request, question: narrowed });
  switch (question.analysis) {
    case 'overlap':
      return (engine, links) => answerOverlap(engine, asked(question), links);
    case 'profile': {
      const plan = planProfile(asked(question));
      return (engine, links) => answerProfile(engine, plan, links);
    }
    case 'reach-frequency': {
      const plan = planReachFrequency(asked(question));
      return (engine, links) => answerReachFrequency(engine, plan, links);
    }
    case 'conversion': {
      const plan = planConversion(asked(question));
      return (engine, links) => answerConversion(engine, plan, links);
    }
    case 'attribution': {
      const plan = planAttribution(asked(question));
      return (engine, links) => answerAttribution(engine, plan, links);
    }
    case 'segment-size':
      selectPairs(question.segment, request.contributions);
      return (engine, links) => answerSegmentSize(engine, asked(question), links);
  }
}

function requireContributions({ question, contributions }: AnalysisRequest): void {
  if (question.analysis !== 'overlap') {
    if (contributions.length !== 2) throw new Error('a match has two sides');
    return;
  }
  const ids = question.contributions;
  const fits = ids.length >= 2 && ids.length <= MAX_CONTRIBUTIONS && new Set(ids).size === ids.length;
  if (!fits) {
    const hint = `two to ${MAX_CONTRIBUTIONS} different contributions`;
    throw new AnalysisError('question_invalid', { pointer: '/contributions', hint });
  }
  if (ids.some((id, place) => contributions[place]?.contribution !== id)) {
    throw new Error('contributions are resolved in the order of the question');
  }
}
