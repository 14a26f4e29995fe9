// The requests of persons with the days that are left for each, the most urgent first.
import type { AccessRequest, DeletionRequest } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { PageHead } from '../../design/card.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { formatDay } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, place, setQuery } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { Deadline, RequestBadge } from './marks.tsx';

type Request = DeletionRequest | AccessRequest;

export function RequestsPage() {
  const isOfficer = hasAnyRole(['compliance-officer']);
  const shown = place.value.query.get('show') === 'access' && isOfficer ? 'access' : 'deletions';
  return (
    <div class="page">
      <PageHead
        title={t('requests.title')}
        lead={t('requests.lead')}
        actions={
          isOfficer && (
            <Button look="primary" to="/requests/new">
              {t('requests.new')}
            </Button>
          )
        }
      />
      <Tabs
        label={t('requests.title')}
        value={shown}
        tabs={[
          { value: 'deletions', label: t('requests.deletions') },
          ...(isOfficer ? [{ value: 'access' as const, label: t('requests.access') }] : []),
        ]}
        onChoose={(chosen) => setQuery({ show: chosen === 'access' ? chosen : undefined })}
      >
        {shown === 'access' ? <AccessRequests /> : <Deletions />}
      </Tabs>
    </div>
  );
}

function Deletions() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/deletion-requests', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <Answered of={all}>
      {(items) => <Listed items={items} caption={t('requests.deletions')} folder="deletions" />}
    </Answered>
  );
}

function AccessRequests() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/access-requests', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <Answered of={all}>{(items) => <Listed items={items} caption={t('requests.access')} folder="access" />}</Answered>
  );
}

interface ListedProps {
  items: readonly Request[];
  caption: string;
  folder: 'deletions' | 'access';
}

function Listed({ items, caption, folder }: ListedProps) {
  if (items.length === 0) return <Empty title={t('requests.none')}>{t('requests.noneText')}</Empty>;
  const sorted = items.toSorted((a, b) => rank(a) - rank(b));
  return <Table caption={caption} columns={columns(folder)} rows={sorted} rowKey={({ id }) => id} />;
}

/** What is still open comes first, the fewest days before the others. */
function rank({ days_left }: Request): number {
  return days_left ?? Number.MAX_SAFE_INTEGER;
}

function columns(folder: ListedProps['folder']): Column<Request>[] {
  return [
    {
      key: 'reference',
      title: t('requests.reference'),
      isHead: true,
      cell: ({ id, reference }) => (
        <Link to={`/requests/${folder}/${id}`}>{reference ?? t('requests.noReference')}</Link>
      ),
    },
    { key: 'status', title: t('requests.status'), cell: ({ status }) => <RequestBadge status={status} /> },
    { key: 'due', title: t('requests.due'), cell: (request) => <Deadline {...request} /> },
    { key: 'received', title: t('requests.received'), cell: ({ received_at }) => formatDay(received_at) },
    {
      key: 'named',
      title: t('requests.named'),
      isNumber: true,
      cell: ({ named }) => named.digests + named.record_ids,
    },
  ];
}
