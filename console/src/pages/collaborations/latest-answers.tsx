// The newest answer to each kind of question about a match, drawn.
import type { Analysis, Run } from '../../../../openapi/generated/api.ts';
import { Empty } from '../../design/states.tsx';
import { formatDistance } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { RunResult } from '../analyses/run-result.tsx';

const SHOWN: readonly Analysis[] = ['overlap', 'profile', 'conversion', 'reach-frequency', 'attribution'];

export function LatestAnswers({ runs }: { runs: readonly Run[] }) {
  const latest = SHOWN.flatMap(
    (analysis) => runs.find((run) => run.analysis === analysis && run.result !== null) ?? [],
  );
  if (latest.length === 0)
    return <Empty title={t('collaborations.noAnswer')}>{t('collaborations.noAnswerText')}</Empty>;
  return (
    <>
      {latest.map((run) => (
        <section key={run.id} class="stack">
          <div class="row is-apart">
            <h2>{t(`words.analysis-${run.analysis}`)}</h2>
            <Link to={`/runs/${run.id}`}>{formatDistance(run.created_at, Date.now())}</Link>
          </div>
          <p class="muted">{run.question}</p>
          {run.result && <RunResult run={run} result={run.result} />}
        </section>
      ))}
    </>
  );
}
