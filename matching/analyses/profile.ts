// Profile: the persons of a segment, or all who are matched, by one or two attributes, and the rest beside them for an index.
// A person is in one cell and counts once.
import type { Engine } from '../engine/engine.ts';
import { peopleTable } from '../tables.ts';
import { AnalysisError, type AnalysisRequest, type ProfileQuestion, type TrueAnswer } from './analysis.ts';
import { type CountedRow, cellsOf, fixedAxis, requireFewCells } from './cells.ts';
import { type Dimension, dimensionOf, type Label } from './dimension.ts';
import { MAX_BREAKDOWNS } from './limits.ts';
import { contributedPersonsSql, type LinkRequest, linkedPairsSql } from './links.ts';
import { selectPairs } from './selected-pairs.ts';
import { everybodySensitivity, linkedSensitivity } from './sensitivity.ts';

/** What a profile is about, checked against the schemas alone. */
interface ProfilePlan {
  readonly request: AnalysisRequest<ProfileQuestion>;
  readonly dimensions: readonly Dimension[];
  /** The rest of a profile without a segment: the unmatched persons of one contribution. */
  readonly restIsUnmatched: boolean;
}

type ProfileRow = { readonly value: number; readonly part: string } & Readonly<Record<`d${number}`, Label>>;

export function planProfile(request: AnalysisRequest<ProfileQuestion>): ProfilePlan {
  const { question, contributions } = request;
  const count = question.breakdown.length;
  if (count === 0 || count > MAX_BREAKDOWNS) refuse('/breakdown', 'break down by one or two attributes');
  const dimensions = question.breakdown.map((breakdown, place) =>
    dimensionOf(breakdown, contributions, { pointer: `/breakdown/${place}`, place }),
  );
  requireFewCells(dimensions);
  const restIsUnmatched = question.index && question.segment === undefined;
  const [first, second] = dimensions;
  if (restIsUnmatched && second !== undefined && second.side !== first?.side) {
    refuse('/index', 'without a segment the rest are unmatched persons, of whom one source alone knows anything');
  }
  selectPairs(question.segment, contributions);
  return { request, dimensions, restIsUnmatched };
}

export async function answerProfile(engine: Engine, plan: ProfilePlan, links: LinkRequest): Promise<TrueAnswer> {
  const { question, types } = plan.request;
  const rows = await countMatched(engine, plan, links);
  if (plan.restIsUnmatched) rows.push(...(await countUnmatched(engine, plan, links)));
  const subject = question.segment === undefined ? 'matched' : 'segment';
  const axes = [fixedAxis('part', question.index ? [subject, 'rest'] : [subject]), ...plan.dimensions];
  const counted: CountedRow[] = rows.map((row) => {
    const part = row.part === 'rest' ? 'rest' : subject;
    return { labels: [part, ...plan.dimensions.map((_, n) => row[`d${n}`] ?? null)], value: row.value };
  });
  const sensitivityL2Squared = (plan.restIsUnmatched ? everybodySensitivity : linkedSensitivity)(types.length);
  return {
    metrics: [{ name: 'persons', unit: 'persons', scale: 1, sensitivityL2Squared, cells: cellsOf(axes, counted) }],
    persons: rows.reduce((sum, { part, value }) => (part === 'rest' ? sum : sum + value), 0),
  };
}

async function countMatched(engine: Engine, plan: ProfilePlan, links: LinkRequest): Promise<ProfileRow[]> {
  const { question, contributions } = plan.request;
  const { given, condition, params } = selectPairs(question.segment, contributions);
  const keepsRest = question.index && question.segment !== undefined;
  const joins = (['left', 'right'] as const).flatMap((side, place) => {
    const columns = columnsOf(plan, side);
    if (columns.length === 0) return [];
    const people = peopleTable(contributions[place]?.version as string, []).name;
    return [
      `INNER JOIN (SELECT person, ${columns.join(', ')} FROM ${people}) AS ${side} ON ${side}.person = pair.${side}_person`,
    ];
  });
  return engine.query<ProfileRow>(
    `${given} SELECT part, ${names(plan)}, count() AS value FROM (
       SELECT pair.part AS part, ${selects(plan, ({ side, column }) => `${side}.${column}`)}
       FROM (
         SELECT left_person, right_person, if(${condition}, 'segment', 'rest') AS part FROM ${linkedPairsSql(links)}
         ${keepsRest ? '' : `WHERE ${condition}`}
       ) AS pair ${joins.join(' ')}
     ) GROUP BY part, ${names(plan)}`,
    { ...params, ...boundOf(plan) },
  );
}

async function countUnmatched(engine: Engine, plan: ProfilePlan, links: LinkRequest): Promise<ProfileRow[]> {
  const side = plan.dimensions[0]?.side ?? 'left';
  const contribution = plan.request.contributions[side === 'left' ? 0 : 1];
  if (contribution === undefined) throw new Error('a match has two sides');
  const single = `SELECT k.person AS person FROM ${contributedPersonsSql(contribution.contribution)} AS k
    ANTI LEFT JOIN (SELECT ${side}_person AS person FROM ${linkedPairsSql(links)}) AS l ON l.person = k.person`;
  const people = peopleTable(contribution.version, []).name;
  return engine.query<ProfileRow>(
    `SELECT 'rest' AS part, ${names(plan)}, count() AS value FROM (
       SELECT ${selects(plan, ({ column }) => `p.${column}`)}
       FROM (SELECT person, ${columnsOf(plan, side).join(', ')} FROM ${people}) AS p
       INNER JOIN (${single}) AS s ON s.person = p.person
     ) GROUP BY ${names(plan)}`,
    boundOf(plan),
  );
}

function columnsOf({ dimensions }: ProfilePlan, side: Dimension['side']): string[] {
  return [...new Set(dimensions.filter((dimension) => dimension.side === side).map(({ column }) => column))];
}

function names({ dimensions }: ProfilePlan): string {
  return dimensions.map((_, n) => `d${n}`).join(', ');
}

function selects({ dimensions }: ProfilePlan, columnOf: (dimension: Dimension) => string): string {
  return dimensions.map((dimension, n) => `${dimension.sql(columnOf(dimension))} AS d${n}`).join(', ');
}

function boundOf({ dimensions }: ProfilePlan): Dimension['params'] {
  return Object.assign({}, ...dimensions.map(({ params }) => params));
}

function refuse(pointer: string, hint: string): never {
  throw new AnalysisError('question_invalid', { pointer, hint });
}
