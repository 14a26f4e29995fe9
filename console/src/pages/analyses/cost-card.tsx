// What a question would cost, how blurred its answer will be and whether it may be asked at all: shown before anything is computed.
import type { RunPreview, RunRequest } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { type Resource, useResource } from '../../api/resource.ts';
import { Card, Facts } from '../../design/card.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { Meter } from '../../design/progress.tsx';
import { Loading, Reasons, Refusal } from '../../design/states.tsx';
import { formatNumber, formatShare } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';

/** Asks for the cost of a question; nothing is counted and nothing spent. */
export function usePreview(collaborationId: string, request: RunRequest | undefined): Resource<RunPreview | undefined> {
  return useResource(async () => {
    if (request === undefined) return undefined;
    const params = { path: { collaboration_id: collaborationId } };
    return answered(api.POST('/v1/collaborations/{collaboration_id}/runs/preview', { params, body: request }));
  }, [collaborationId, JSON.stringify(request)]);
}

/** Whether the question that was previewed may be asked. */
export function mayAsk(preview: Resource<RunPreview | undefined>): boolean {
  return preview.state === 'ready' && preview.value?.decision.outcome === 'allow';
}

export function CostCard({ preview }: { preview: Resource<RunPreview | undefined> }) {
  return (
    <Card title={t('analyses.beforeAsking')}>
      <div aria-live="polite" class="stack">
        {preview.state === 'failed' && <Refusal problem={preview.problem} />}
        {preview.state === 'loading' && <Loading />}
        {preview.state === 'ready' && (preview.value === undefined ? <Unready /> : <Cost preview={preview.value} />)}
      </div>
    </Card>
  );
}

function Unready() {
  return <p class="muted">{t('analyses.fillIn')}</p>;
}

function Cost({ preview }: { preview: RunPreview }) {
  const { cost, decision, noise } = preview;
  return (
    <>
      <p>{preview.question}</p>
      {decision.outcome === 'deny' && (
        <Notice tone="warning" title={t('analyses.wouldRefuse')}>
          <Reasons reasons={decision.reasons} policies={decision.policies} />
        </Notice>
      )}
      <div class="progress">
        <div class="progress-head">
          <span>{t('analyses.cost')}</span>
          {cost.is_free ? (
            <Badge tone="good">{t('analyses.free')}</Badge>
          ) : (
            <span class="strong number">{formatShare(cost.share_of_budget)}</span>
          )}
        </div>
        <Meter label={t('analyses.leftNow')} share={cost.left_share} />
        <span class="muted small">{t('analyses.leftIs', { share: formatShare(cost.left_share) })}</span>
      </div>
      <Facts
        items={[
          ...noise.map(({ metric, interval_half_width }) => ({
            name: findMessage(`analyses.metric-${metric}`) ?? metric,
            value: t('analyses.plusMinus', { width: formatNumber(interval_half_width) }),
          })),
          { name: t('analyses.threshold'), value: t('words.fewerThan', { count: preview.threshold }) },
        ]}
      />
    </>
  );
}
