// `ecluse analyses run`: asks a running service a question over HTTP. With --dry-run it only tells what the question would cost.
import { readFileSync } from 'node:fs';
import type { Run, RunPreview, RunRequest } from '../../openapi/generated/api.ts';
import { ask, serviceOf, textOf } from './service-client.ts';

export interface AnalysesRunFlags {
  readonly collaboration: string;
  readonly match?: string | undefined;
  /** A JSON file with the other fields of the question; `-` is standard input. */
  readonly question?: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly url?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

const POLL_MS = 250;

/** `write` receives what is printed, so that tests read it. */
export async function runAnalysis(
  analysis: string,
  flags: AnalysesRunFlags,
  given: { env: Readonly<Record<string, string | undefined>>; write: (text: string) => void },
): Promise<void> {
  const service = serviceOf(flags, given.env);
  const path = `/v1/collaborations/${flags.collaboration}/runs`;
  const question = questionOf(analysis, flags);
  const print = (value: object, text: string) => given.write(flags.json ? `${JSON.stringify(value)}\n` : text);
  if (flags.dryRun) {
    const preview = await ask<RunPreview>(service, 'POST', `${path}/preview`, question);
    return print(preview, previewText(preview));
  }
  let run = await ask<Run>(service, 'POST', path, question);
  while (run.status === 'queued' || run.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    run = await ask<Run>(service, 'GET', `/v1/runs/${run.id}`);
  }
  if (run.status === 'failed') throw new Error(`the run ${run.id} failed; its job ${run.job_id} tells why`);
  print(run, await textOf(service, `/v1/runs/${run.id}/csv`));
}

function questionOf(analysis: string, { match, question }: AnalysesRunFlags): RunRequest {
  const read = question === undefined ? {} : JSON.parse(readFileSync(question === '-' ? 0 : question, 'utf8'));
  return { ...read, analysis, ...(match === undefined ? {} : { match_id: match }) } as RunRequest;
}

function previewText({ question, cost, noise, threshold, decision }: RunPreview): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const lines = [
    question,
    decision.outcome === 'allow' ? 'allowed' : `refused: ${decision.reasons.join(', ')}`,
    cost.is_free ? 'free: the answer is stored' : `costs ${percent(cost.share_of_budget)} of the budget`,
    `${percent(cost.left_share)} of the budget is left`,
    `cells below ${threshold} persons read "fewer than"`,
    ...noise.map(
      ({ metric, unit, interval_half_width }) => `${metric}: ± ${interval_half_width} ${unit} in 19 of 20 answers`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
