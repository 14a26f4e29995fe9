// One access request: how far it is, and the answer, which is handed out as a file and shown nowhere.
import type { AccessRequest } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Params } from '../../router.tsx';
import { download } from '../audit-log/download.ts';
import { Deadline, RequestBadge } from './marks.tsx';

const AGAIN_MS = 1500;

export function AccessPage({ params }: { params: Params }) {
  const path = { access_request_id: params.requestId! };
  const request = useResource(
    () => answered(api.GET('/v1/access-requests/{access_request_id}', { params: { path } })),
    [path.access_request_id],
    { again: ({ status }) => (status === 'queued' ? AGAIN_MS : undefined) },
  );
  return (
    <div class="page">
      <Answered of={request}>{(one) => <Access request={one} onChange={request.reload} />}</Answered>
    </div>
  );
}

function Access({ request, onChange }: { request: AccessRequest; onChange: () => void }) {
  const { found, failure, answer_until: answerUntil } = request;
  return (
    <>
      <PageHead
        title={request.reference ?? t('requests.noReference')}
        up={{ to: '/requests?show=access', label: t('requests.title') }}
        actions={<RequestBadge status={request.status} />}
      />
      <Card>
        <Facts
          items={[
            { name: t('requests.due'), value: <Deadline {...request} /> },
            { name: t('requests.received'), value: formatInstant(request.received_at) },
            { name: t('requests.named'), value: formatNumber(request.named.digests + request.named.record_ids) },
            ...(found === null
              ? []
              : [{ name: t('requests.foundIn'), value: t('requests.foundInDatasets', { count: found.datasets }) }]),
            ...(answerUntil === null ? [] : [{ name: t('requests.answerUntil'), value: formatInstant(answerUntil) }]),
          ]}
        />
        {request.status === 'queued' && <Progress label={t('requests.gathering')} />}
        {failure !== null && (
          <Notice tone="danger" title={t('requests.failed')}>
            {failure.detail}
          </Notice>
        )}
        {request.status === 'destroyed' && <Notice tone="warning">{t('requests.answerDestroyed')}</Notice>}
        {(request.status === 'ready' || request.status === 'answered') && (
          <Answer request={request} onChange={onChange} />
        )}
        {request.receipt_event_id !== null && (
          <p>
            <Button to={`/audit-log/events/${request.receipt_event_id}`}>{t('requests.receipt')}</Button>
          </p>
        )}
      </Card>
    </>
  );
}

function Answer({ request, onChange }: { request: AccessRequest; onChange: () => void }) {
  const handing = useDeed(async () => {
    const path = { access_request_id: request.id };
    const answer = await answered(api.GET('/v1/access-requests/{access_request_id}/answer', { params: { path } }));
    const name = `answer-${request.id}.json`;
    download({ name, type: 'application/json', content: `${JSON.stringify(answer, null, 2)}\n` });
    onChange();
  });
  return (
    <Notice tone="info" title={t('requests.answer')}>
      <p>{t('requests.answerText')}</p>
      {handing.problem !== undefined && <Refusal problem={handing.problem} />}
      <p>
        <Button look="primary" busy={handing.busy} onPress={() => handing.run()}>
          {t('requests.answerTake')}
        </Button>
      </p>
    </Notice>
  );
}
