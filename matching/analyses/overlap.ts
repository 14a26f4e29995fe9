// Overlap: of two to five contributions, how many persons are in exactly which of them (the data of an UpSet plot), and by
// which identifier type they were found.
import type { Engine } from '../engine/engine.ts';
import { keysTable } from '../tables.ts';
import type { AnalysisRequest, OverlapQuestion, TrueAnswer, TrueCell, TrueMetric } from './analysis.ts';
import { type LinkRequest, linksSql } from './links.ts';
import { byTypeSensitivity, overlapSensitivity } from './sensitivity.ts';

export async function answerOverlap(
  engine: Engine,
  { question, types }: AnalysisRequest<OverlapQuestion>,
  links: LinkRequest,
): Promise<TrueAnswer> {
  const byMask = await countIntersections(engine, links);
  const cells = Array.from({ length: byMask.length - 1 }, (_, n) => intersection(question, n + 1, byMask));
  const metrics: TrueMetric[] = [
    {
      name: 'persons',
      unit: 'persons',
      scale: 1,
      sensitivityL2Squared: overlapSensitivity(types.length, links.contributions.length),
      cells,
    },
  ];
  if (question.byIdentifier) metrics.push(await countByType(engine, links));
  const persons = byMask.reduce((sum, value, mask) => (isSingle(mask) ? sum : sum + value), 0);
  return { metrics, persons };
}

/** By mask: the persons who are in these contributions and in no other. */
async function countIntersections(engine: Engine, links: LinkRequest): Promise<number[]> {
  const counts = new Array<number>(1 << links.contributions.length).fill(0);
  const linked = await engine.query<{ mask: number; persons: number }>(
    `SELECT mask, count() AS persons FROM ${linksSql(links)} GROUP BY mask`,
  );
  for (const { mask, persons } of linked) counts[mask] = persons;
  for (const [place, contribution] of links.contributions.entries()) {
    const [all] = await engine.query<{ persons: number }>(
      `SELECT groupBitmap(person) AS persons FROM ${keysTable(contribution).name}`,
    );
    const found = linked.reduce((sum, { mask, persons }) => ((mask >> place) & 1 ? sum + persons : sum), 0);
    counts[1 << place] = (all?.persons ?? 0) - found;
  }
  return counts;
}

function intersection({ contributions }: OverlapQuestion, mask: number, byMask: readonly number[]): TrueCell {
  const member = (place: number) => ((mask >> place) & 1 ? 'yes' : 'no');
  const key = Object.fromEntries(contributions.map((contribution, place) => [contribution, member(place)]));
  return { key, value: byMask[mask] ?? 0, declared: true };
}

function isSingle(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}

async function countByType(engine: Engine, links: LinkRequest): Promise<TrueMetric> {
  const rows = await engine.query<{ rank: number; persons: number }>(
    `SELECT rank, count() AS persons FROM ${linksSql(links)} GROUP BY rank`,
  );
  const counts = new Map(rows.map(({ rank, persons }) => [rank, persons]));
  const cells = links.types.map((identifier, rank) => {
    return { key: { identifier }, value: counts.get(rank) ?? 0, declared: true };
  });
  const sensitivityL2Squared = byTypeSensitivity(links.types.length);
  return { name: 'by-identifier', unit: 'persons', scale: 1, sensitivityL2Squared, cells };
}
