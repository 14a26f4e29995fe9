// The figures that leave the clean room, each with noise: the overlap, and how the matched persons spread over Osec's loyalty card.
import type { AnalysisResult, Cell, Run, RunRequest } from '../../openapi/generated/api.ts';
import { type Actor, answer, DemoFailure, jobDone } from './api.ts';

export interface ProfileLine {
  readonly label: string;
  readonly figure: string;
  /** 120: 20 % more than among the persons who are not matched. */
  readonly index: string | null;
}

export interface Figures {
  readonly overlap: Cell;
  /** 95 %. */
  readonly interval: { low: number; high: number } | null;
  readonly matchRate: string | null;
  readonly runReceiptEventId: string | null;
  readonly profile: readonly ProfileLine[];
  /** Of the privacy budget, after all questions. */
  readonly budgetLeft: number;
}

interface Place {
  readonly collaborationId: string;
  readonly matchId: string;
}

export async function releaseFigures(analyst: Actor, place: Place): Promise<Figures> {
  const { matchId } = place;
  const overlap = await ask(analyst, place, { analysis: 'overlap', match_id: matchId });
  const breakdown = [{ source: 'osec', attribute: 'loyalty' }];
  const profile = await ask(analyst, place, { analysis: 'profile', match_id: matchId, breakdown, index: true });
  // The same question of the same data has the same answer, and costs nothing.
  const again = await ask(analyst, place, { analysis: 'overlap', match_id: matchId });
  if (!again.cost.is_free || JSON.stringify(again.result) !== JSON.stringify(overlap.result)) {
    throw new DemoFailure('asking the overlap again: it was not the stored answer');
  }
  return { ...overlapOf(overlap), profile: profileOf(profile.result), budgetLeft: again.cost.left_share };
}

type Answered = Run & { result: AnalysisResult };

export async function ask({ api, ...actor }: Actor, { collaborationId }: Place, body: RunRequest): Promise<Answered> {
  const step = `releasing the ${body.analysis}`;
  const params = { path: { collaboration_id: collaborationId } };
  const run = await answer(step, api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }));
  await jobDone(step, { api, ...actor }, run.job_id);
  const done = await answer(step, api.GET('/v1/runs/{run_id}', { params: { path: { run_id: run.id } } }));
  if (!done.result) throw new DemoFailure(`${step}: ${done.status} ${done.decision?.reasons.join(', ') ?? ''}`);
  return { ...done, result: done.result };
}

function overlapOf({ result, receipt_event_id: runReceiptEventId }: Answered) {
  const persons = result.metrics.find(({ name }) => name === 'persons');
  const both = persons?.cells.find(({ key }) => Object.values(key).every((stands) => stands === 'yes'));
  const overlap: Cell = both?.value == null ? { fewer_than: both?.fewer_than ?? 50 } : { value: both.value };
  const rate = result.ratios.find(({ name, key }) => name === 'match-rate' && key.of === 'osec');
  return { overlap, interval: both?.interval ?? null, matchRate: rate?.value ?? null, runReceiptEventId };
}

function profileOf({ metrics, ratios }: AnalysisResult): ProfileLine[] {
  const matched = metrics[0]?.cells.filter(({ key }) => key.part === 'matched') ?? [];
  return matched
    .filter(({ key }) => key['osec.loyalty'] !== null)
    .map(({ key, value, fewer_than }) => ({
      label: key['osec.loyalty'] ?? 'unknown',
      figure: value === null ? `< ${fewer_than}` : `≈ ${value.toLocaleString('en')}`,
      index: ratios.find((ratio) => ratio.key['osec.loyalty'] === key['osec.loyalty'])?.value ?? null,
    }));
}
