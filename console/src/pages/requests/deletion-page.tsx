// One deletion: what it erased here, how far each destination is, and its proof.
import type { DeletionRequest, Removal } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { Deadline, RequestBadge } from './marks.tsx';

const AGAIN_MS = 1500;

async function readDeletion(id: string): Promise<{ request: DeletionRequest; removals: Removal[] }> {
  const path = { deletion_request_id: id };
  const request = await answered(api.GET('/v1/deletion-requests/{deletion_request_id}', { params: { path } }));
  const removals = await everyItem((cursor) =>
    api.GET('/v1/removals', { params: { query: { request_id: id, ...(cursor ? { cursor } : {}) } } }),
  );
  return { request, removals };
}

export function DeletionPage({ params }: { params: Params }) {
  const id = params.requestId!;
  const read = useResource(() => readDeletion(id), [id], {
    again: ({ request: { status } }) => (status === 'queued' || status === 'erasing' ? AGAIN_MS : undefined),
  });
  return (
    <div class="page">
      <Answered of={read}>{({ request, removals }) => <Deletion request={request} removals={removals} />}</Answered>
    </div>
  );
}

function Deletion({ request, removals }: { request: DeletionRequest; removals: readonly Removal[] }) {
  const isUnderWay = request.status === 'queued' || request.status === 'erasing';
  return (
    <>
      <PageHead
        title={request.reference ?? t('requests.noReference')}
        up={{ to: '/requests', label: t('requests.title') }}
        actions={<RequestBadge status={request.status} />}
      />
      <Card>
        <Facts
          items={[
            { name: t('requests.due'), value: <Deadline {...request} /> },
            { name: t('requests.received'), value: formatInstant(request.received_at) },
            { name: t('requests.source'), value: t(`requests.source-${request.source}`) },
            { name: t('requests.named'), value: formatNumber(request.named.digests + request.named.record_ids) },
          ]}
        />
        {isUnderWay && <Progress label={t('requests.underWay')} />}
        {request.failure !== null && (
          <Notice tone="danger" title={t('requests.failed')}>
            {request.failure.detail}
          </Notice>
        )}
        <div class="row">
          {request.receipt_event_id !== null && (
            <Button to={`/audit-log/events/${request.receipt_event_id}`}>{t('requests.receipt')}</Button>
          )}
          {hasAnyRole(['compliance-officer']) && request.status === 'completed' && (
            <Button to={`/evidence?kind=person-request&id=${request.id}`}>{t('requests.evidence')}</Button>
          )}
        </div>
      </Card>
      {request.erased !== null && <Erased of={request.erased} />}
      <Card title={t('requests.destinations')}>
        {removals.length === 0 ? (
          <p class="muted">{t('requests.noDestinations')}</p>
        ) : (
          <Table caption={t('requests.destinations')} columns={columns()} rows={removals} rowKey={({ id }) => id} />
        )}
      </Card>
    </>
  );
}

const COUNTED = [
  'persons',
  'dataset_versions',
  'contributions',
  'audiences',
  'suppression_entries',
  'staged_files',
  'consent_records',
  'tombstones',
] as const;

function Erased({ of }: { of: NonNullable<DeletionRequest['erased']> }) {
  return (
    <Card title={t('requests.erased')}>
      <Facts items={COUNTED.map((name) => ({ name: t(`requests.erased-${name}`), value: formatNumber(of[name]) }))} />
      <p class="muted">{t('requests.tombstonesMean')}</p>
    </Card>
  );
}

function columns(): Column<Removal>[] {
  return [
    { key: 'kind', title: t('requests.destination'), isHead: true, cell: ({ destination_kind }) => destination_kind },
    {
      key: 'status',
      title: t('requests.status'),
      cell: ({ status }) => (
        <Badge tone={status === 'confirmed' ? 'good' : status === 'failed' ? 'danger' : 'info'}>
          {t(`requests.removal-${status}`)}
        </Badge>
      ),
    },
    {
      key: 'erasure',
      title: t('requests.became'),
      cell: ({ erasure, erasure_semantics }) =>
        erasure === null ? '–' : `${t(`requests.erasure-${erasure}`)}. ${erasure_semantics ?? ''}`,
    },
    { key: 'due', title: t('requests.due'), cell: ({ due_at }) => formatInstant(due_at) },
    {
      key: 'confirmed',
      title: t('requests.confirmed'),
      cell: ({ confirmed_at, failure }) =>
        confirmed_at === null ? (typeof failure === 'string' ? failure : '–') : formatInstant(confirmed_at),
    },
  ];
}
