// The segments that are kept.
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { PageHead } from '../../design/card.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';

export function SegmentsPage() {
  const segments = useResource(
    () => everyItem((cursor) => api.GET('/v1/segments', { params: { query: pageFrom(cursor) } })),
    [],
  );
  const build = hasAnyRole(['analyst']) && (
    <Button look="primary" to="/segments/new">
      {t('segments.new')}
    </Button>
  );
  return (
    <div class="page">
      <PageHead title={t('segments.title')} lead={t('segments.lead')} actions={build} />
      <Answered of={segments}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('segments.empty')}>{t('segments.emptyText')}</Empty>
          ) : (
            <Table
              caption={t('segments.title')}
              rows={items}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'name',
                  title: t('segments.name'),
                  isHead: true,
                  cell: ({ id, name }) => <Link to={`/segments/${id}`}>{name}</Link>,
                },
                { key: 'who', title: t('segments.who'), cell: ({ text }) => <code>{text}</code> },
                { key: 'at', title: t('segments.keptAt'), cell: ({ created_at }) => formatInstant(created_at) },
              ]}
            />
          )
        }
      </Answered>
    </div>
  );
}
