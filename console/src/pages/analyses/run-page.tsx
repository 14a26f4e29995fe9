// One question and its answer: under way with its progress, refused with the policy and what to do, or answered and drawn.
import type { Run } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered, Reasons } from '../../design/states.tsx';
import { formatInstant, formatShare } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Params } from '../../router.tsx';
import { costText, RunBadge } from './run-list.tsx';
import { RunResult } from './run-result.tsx';

const WHILE_RUNNING_MS = 700;

export function RunPage({ params }: { params: Params }) {
  const path = { run_id: params.runId! };
  const run = useResource(() => answered(api.GET('/v1/runs/{run_id}', { params: { path } })), [path.run_id], {
    again: ({ status }) => (isUnderWay(status) ? WHILE_RUNNING_MS : undefined),
  });
  return (
    <div class="page">
      <Answered of={run}>{(value) => <Answer run={value} />}</Answered>
    </div>
  );
}

function isUnderWay(status: Run['status']): boolean {
  return status === 'queued' || status === 'running';
}

function Answer({ run }: { run: Run }) {
  return (
    <>
      <PageHead
        title={t(`words.analysis-${run.analysis}`)}
        lead={run.question}
        up={{ to: `/collaborations/${run.collaboration_id}`, label: t('analyses.toCollaboration') }}
        actions={<RunBadge status={run.status} />}
      />
      {isUnderWay(run.status) && (
        <Card>
          <Progress label={t('analyses.underWay')} />
        </Card>
      )}
      {run.status === 'refused' && run.decision !== null && (
        <Notice tone="warning" title={t('analyses.refused')}>
          <Reasons reasons={run.decision.reasons} policies={run.decision.policies} />
        </Notice>
      )}
      {run.status === 'failed' && (
        <Notice tone="danger" title={t('analyses.failed')}>
          <p>{t('analyses.failedHint')}</p>
        </Notice>
      )}
      {run.result !== null && <RunResult run={run} result={run.result} />}
      <About run={run} />
    </>
  );
}

function About({ run }: { run: Run }) {
  const { snapshot, receipt_event_id: receipt } = run;
  return (
    <Card
      title={t('analyses.about')}
      aside={
        run.result !== null && (
          <a class="button button-plain button-small" href={`/v1/runs/${run.id}/csv`} download={`${run.id}.csv`}>
            {t('analyses.csv')}
          </a>
        )
      }
    >
      <Facts
        items={[
          { name: t('analyses.cost'), value: costText(run) },
          { name: t('analyses.leftAfter'), value: formatShare(run.cost.left_share) },
          { name: t('analyses.askedAt'), value: formatInstant(run.created_at) },
          ...snapshot.contributions.map(({ alias, contributed_at }) => ({
            name: t('analyses.dataOf', { source: alias }),
            value: contributed_at === null ? t('words.unknown') : formatInstant(contributed_at),
          })),
          ...(receipt === null ? [] : [{ name: t('analyses.receipt'), value: <code>{receipt}</code> }]),
        ]}
      />
    </Card>
  );
}
