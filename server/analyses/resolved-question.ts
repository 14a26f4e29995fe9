// A question with all that it stands on: the contributions by name, whose attributes it uses, and the data it is asked of.
import type { Knex } from 'knex';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type {
  AnalysisQuestion,
  Breakdown,
  ConversionQuestion,
  ResolvedContribution,
  Side,
} from '../../matching/analyses/analysis.ts';
import type { Criterion } from '../../matching/criteria.ts';
import { listCriteria, type Segment, SegmentError } from '../../matching/segment.ts';
import type { RunRequest } from '../../openapi/generated/api.ts';
import type { UsedAttribute } from '../../policies/contributor-facts.ts';
import type { Collaboration } from '../collaborations/collaboration.ts';
import type { Contribution } from '../collaborations/contribution.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { listCollaborationCriteria } from '../collaborations/criteria.ts';
import { matches } from '../collaborations/match.ts';
import { ServiceError } from '../errors.ts';
import { readSegment } from '../segments/segment-service.ts';
import { assertFields } from './question-fields.ts';

export interface ResolvedQuestion {
  readonly request: RunRequest;
  readonly question: AnalysisQuestion;
  /** In the order of the question; of a match the left and the right one. */
  readonly sources: readonly Source[];
  readonly criteria: readonly Criterion[];
  readonly filters: readonly UsedAttribute[];
  readonly breakdowns: readonly UsedAttribute[];
}

export interface Source extends ResolvedContribution {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly row: Contribution;
}

/** Throws `request_invalid` with the spot of each fault, `not_found` and `state_conflict`. Nothing here reads a person. */
export async function resolveQuestion(
  knex: Knex,
  of: { collaboration: Collaboration; tenantId: string; request: RunRequest },
): Promise<ResolvedQuestion> {
  const { collaboration, tenantId, request } = of;
  assertFields(request);
  const sources = await sourcesOf(knex, collaboration.id, request);
  const criteria = await listCollaborationCriteria(knex, { collaborationId: collaboration.id, tenantId });
  const joined = criteria.filter(({ alias }) => sources.some((source) => source.alias === alias));
  const segment = segmentOf(request, joined);
  const question = questionOf(request, sources, segment);
  const tenantOf = (alias: string) => sources.find((source) => source.alias === alias)?.tenantId ?? '';
  return {
    request,
    question,
    sources,
    criteria: joined,
    filters: (segment === undefined ? [] : listCriteria(segment)).map(({ source, attribute }) => ({
      tenantId: tenantOf(source),
      name: attribute,
    })),
    breakdowns: attributesBrokenDown(request).map(({ source, attribute }) => ({
      tenantId: tenantOf(source),
      name: attribute,
    })),
  };
}

async function sourcesOf(knex: Knex, collaborationId: string, request: RunRequest): Promise<Source[]> {
  const where = { collaboration_id: collaborationId };
  let ids = request.contribution_ids ?? [];
  if (request.match_id !== undefined) {
    const match = await matches.get(knex, request.match_id, where);
    if (match.status !== 'ready') {
      throw new ServiceError('state_conflict', { detail: `The match is ${match.status}, not ready.` });
    }
    ids = [match.leftContributionId, match.rightContributionId];
  }
  return Promise.all(ids.map(async (id) => sourceOf(knex, await contributions.get(knex, id, where))));
}

async function sourceOf(knex: Knex, row: Contribution): Promise<Source> {
  const { alias, engineId, versionId, datasetId, tenantId, status } = row;
  if (status === 'withdrawn' || engineId === null || versionId === null) {
    throw new ServiceError('state_conflict', { detail: `The contribution ${alias} is ${status}, not ready.` });
  }
  const dataset = (await knex('datasets').where({ id: datasetId }).first('schema')) as { schema: string };
  const schema = parseDatasetSchema(JSON.parse(dataset.schema));
  return { contribution: engineId, alias, version: versionId, schema, tenantId, datasetId, row };
}

function segmentOf(request: RunRequest, criteria: readonly Criterion[]): Segment | undefined {
  const { segment: expression, segment_text: text } = request;
  if (expression === undefined && text === undefined) return undefined;
  const draft = { ...(text === undefined ? {} : { text }), ...(expression === undefined ? {} : { expression }) };
  try {
    return readSegment(draft, criteria);
  } catch (error) {
    if (!(error instanceof SegmentError)) throw error;
    throw new ServiceError('request_invalid', {
      errors: error.issues.map(({ pointer, offset, message, hint }) => ({
        pointer: text === undefined ? `/segment${pointer ?? ''}` : '/segment_text',
        message,
        hint,
        ...(offset === undefined ? {} : { offset }),
      })),
    });
  }
}

function questionOf(request: RunRequest, sources: readonly Source[], segment: Segment | undefined): AnalysisQuestion {
  const match = request.match_id ?? '';
  const side = (field: 'events' | 'exposures' | 'purchases' | 'touches') => sideOf(request, sources, field);
  const period = request.period === undefined ? {} : { period: request.period };
  const windowDays = request.window_days ?? 1;
  switch (request.analysis) {
    case 'overlap': {
      const byIdentifier = request.by_identifier ?? true;
      return { analysis: 'overlap', contributions: sources.map(({ contribution }) => contribution), byIdentifier };
    }
    case 'profile': {
      const breakdown = (request.breakdown ?? []) as Breakdown[];
      const of = { analysis: 'profile', match, breakdown, index: request.index ?? false } as const;
      return segment === undefined ? of : { ...of, segment };
    }
    case 'reach-frequency':
      return {
        analysis: 'reach-frequency',
        match,
        events: side('events'),
        maxFrequency: request.max_frequency ?? 1,
        ...period,
      };
    case 'conversion':
      return conversionOf(request, { match, exposures: side('exposures'), purchases: side('purchases') });
    case 'attribution': {
      const sides = { touches: side('touches'), purchases: side('purchases') };
      const channelAttribute = request.channel_attribute ?? '';
      return {
        analysis: 'attribution',
        match,
        ...sides,
        channelAttribute,
        windowDays,
        model: request.model ?? 'last-touch',
        ...period,
      };
    }
    case 'segment-size':
      if (segment === undefined) throw new Error('a segment size without a segment');
      return { analysis: 'segment-size', match, segment };
  }
}

function conversionOf(
  request: RunRequest,
  of: Pick<ConversionQuestion, 'match' | 'exposures' | 'purchases'>,
): ConversionQuestion {
  return {
    analysis: 'conversion',
    ...of,
    windowDays: request.window_days ?? 1,
    ...(request.period === undefined ? {} : { period: request.period }),
    ...(request.revenue_attribute === undefined ? {} : { revenueAttribute: request.revenue_attribute }),
    ...(request.revenue_clamp === undefined ? {} : { revenueClamp: request.revenue_clamp }),
    ...(request.group_by === undefined ? {} : { groupBy: request.group_by as Breakdown }),
  };
}

function sideOf(
  request: RunRequest,
  sources: readonly Source[],
  field: 'events' | 'exposures' | 'purchases' | 'touches',
): Side {
  const place = sources.findIndex(({ alias }) => alias === request[field]);
  if (place === 0 || place === 1) return place === 0 ? 'left' : 'right';
  throw new ServiceError('request_invalid', {
    errors: [{ pointer: `/${field}`, message: `Name ${sources.map(({ alias }) => alias).join(' or ')}.` }],
  });
}

/** Every attribute whose spread the answer tells: sums and channels tell it as breakdowns do. */
function attributesBrokenDown(request: RunRequest): { source: string; attribute: string }[] {
  const { breakdown = [], group_by: group, revenue_attribute: revenue, channel_attribute: channel } = request;
  return [
    ...breakdown,
    ...(group === undefined ? [] : [group]),
    ...(revenue === undefined ? [] : [{ source: request.purchases ?? '', attribute: revenue }]),
    ...(channel === undefined ? [] : [{ source: request.touches ?? '', attribute: channel }]),
  ];
}
