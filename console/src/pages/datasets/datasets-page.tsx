// The datasets of one's organisation: what is in each, since when, and until when.
import type { Dataset } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDay, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';

export function DatasetsPage() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/datasets', { params: { query: cursor === undefined ? {} : { cursor } } })),
    [],
  );
  const load = hasAnyRole(['data-engineer']) && (
    <Button look="primary" to="/onboarding">
      {t('datasets.loadFile')}
    </Button>
  );
  return (
    <div class="page">
      <PageHead title={t('datasets.title')} lead={t('datasets.lead')} actions={load} />
      <Answered of={all}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('datasets.empty')}>{t('datasets.emptyText')}</Empty>
          ) : (
            <Table caption={t('datasets.title')} columns={columns()} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answered>
    </div>
  );
}

function columns(): Column<Dataset>[] {
  return [
    {
      key: 'name',
      title: t('datasets.name'),
      isHead: true,
      cell: ({ id, name }) => <Link to={`/datasets/${id}`}>{name}</Link>,
    },
    {
      key: 'state',
      title: t('datasets.state'),
      cell: ({ status }) => (
        <Badge tone={status === 'ready' ? 'good' : 'neutral'}>{t(`datasets.state-${status}`)}</Badge>
      ),
    },
    { key: 'records', title: t('datasets.records'), isNumber: true, cell: ({ records }) => formatNumber(records) },
    { key: 'persons', title: t('datasets.persons'), isNumber: true, cell: ({ persons }) => formatNumber(persons) },
    {
      key: 'expires',
      title: t('datasets.expires'),
      cell: ({ expires_at }) => (expires_at === null ? '' : formatDay(expires_at)),
    },
    { key: 'created', title: t('datasets.created'), cell: ({ created_at }) => formatDay(created_at) },
  ];
}
