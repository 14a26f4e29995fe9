// How many persons a segment selects, while it is being built. The cost of asking is always in sight; the size itself is asked by a button,
// or by itself at every pause once the reader has said so. A question that was answered before costs nothing and is shown at once.
import { useEffect, useState } from 'preact/hooks';
import type { Problem, Run, RunPreview, RunRequest } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import type { Resource } from '../../api/resource.ts';
import { useSettled } from '../../api/settled.ts';
import { figureOfCell, figureText, intervalText } from '../../charts/figure.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Checkbox } from '../../design/field.tsx';
import { Loading, Reasons, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { CostCard, mayAsk, usePreview } from '../analyses/cost-card.tsx';

const SETTLES_MS = 500;
const GLANCE_MS = 300;

interface LiveSizeProps {
  collaborationId: string;
  request: RunRequest | undefined;
}

export function LiveSize({ collaborationId, request }: LiveSizeProps) {
  const settled = useSettled(JSON.stringify(request), SETTLES_MS);
  const preview = usePreview(collaborationId, settled === undefined ? undefined : (JSON.parse(settled) as RunRequest));
  const [isLive, setLive] = useState(false);
  const size = useSize(collaborationId, settled);
  const isCurrent = settled === JSON.stringify(request);
  const canAsk = isCurrent && mayAsk(preview);
  const isDue = canAsk && (isLive || isFree(preview)) && size.asked !== settled;
  useEffect(() => {
    if (isDue) size.ask();
  }, [isDue, settled]);
  return (
    <>
      <Card title={t('segments.size')}>
        <div class="stack" aria-live="polite">
          <Size size={size} isCurrent={isCurrent && size.asked === settled} />
        </div>
        <Checkbox label={t('segments.live')} checked={isLive} onChange={setLive} />
        <Button
          disabled={!canAsk || (size.asked === settled && size.problem === undefined)}
          busy={size.busy}
          onPress={size.ask}
        >
          {t('segments.askSize')}
        </Button>
      </Card>
      <CostCard preview={preview} />
    </>
  );
}

function isFree(preview: Resource<RunPreview | undefined>): boolean {
  return preview.state === 'ready' && preview.value?.cost.is_free === true;
}

interface SizeState {
  /** The question that the answer is of, as JSON. */
  readonly asked: string | undefined;
  readonly run: Run | undefined;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly ask: () => void;
}

const NOTHING = { asked: undefined, run: undefined, busy: false, problem: undefined };

function useSize(collaborationId: string, question: string | undefined): SizeState {
  const [state, setState] = useState<Omit<SizeState, 'ask'>>(NOTHING);
  const ask = (): void => {
    if (question === undefined) return;
    const settle = (part: Partial<SizeState>): void =>
      setState((before) => (before.asked === question ? { ...before, busy: false, ...part } : before));
    setState({ asked: question, run: undefined, busy: true, problem: undefined });
    askRun(collaborationId, JSON.parse(question) as RunRequest).then(
      (run) => settle({ run }),
      (cause: unknown) => settle({ problem: problemOf(cause) }),
    );
  };
  return { ...state, ask };
}

async function askRun(collaborationId: string, body: RunRequest): Promise<Run> {
  const params = { path: { collaboration_id: collaborationId } };
  let run = await answered(api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }));
  while (run.status === 'queued' || run.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
    run = await answered(api.GET('/v1/runs/{run_id}', { params: { path: { run_id: run.id } } }));
  }
  return run;
}

function Size({ size, isCurrent }: { size: SizeState; isCurrent: boolean }) {
  if (size.problem !== undefined) return <Refusal problem={size.problem} />;
  if (size.busy) return <Loading label={t('segments.counting')} />;
  if (!isCurrent || size.run === undefined) return <p class="muted">{t('segments.notAsked')}</p>;
  const { result, decision } = size.run;
  const cell = result?.metrics[0]?.cells[0] ?? result?.metrics[0]?.remainder;
  if (cell == null) return <Reasons reasons={decision?.reasons ?? []} policies={decision?.policies ?? []} />;
  const figure = figureOfCell(cell);
  return (
    <div class="big-figure">
      <p class="big-value number">{figureText(figure)}</p>
      <p class="muted">{intervalText(figure)}</p>
    </div>
  );
}
