// The audiences there are, with their sizes as far as these may be shown.
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { PageHead } from '../../design/card.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatDay, formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { AudienceBadge, sizeText } from './audience-words.tsx';

export function AudiencesPage() {
  const audiences = useResource(
    () => everyItem((cursor) => api.GET('/v1/audiences', { params: { query: pageFrom(cursor) } })),
    [],
  );
  return (
    <div class="page">
      <PageHead title={t('audiences.title')} lead={t('audiences.lead')} />
      <Answered of={audiences}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('audiences.empty')}>{t('audiences.emptyText')}</Empty>
          ) : (
            <Table
              caption={t('audiences.title')}
              rows={items}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'name',
                  title: t('audiences.name'),
                  isHead: true,
                  cell: ({ id, name }) => <Link to={`/audiences/${id}`}>{name}</Link>,
                },
                {
                  key: 'status',
                  title: t('audiences.status'),
                  cell: ({ status }) => <AudienceBadge status={status} />,
                },
                { key: 'size', title: t('audiences.size'), isNumber: true, cell: sizeText },
                { key: 'at', title: t('audiences.evaluatedAt'), cell: ({ instant }) => formatInstant(instant) },
                {
                  key: 'until',
                  title: t('audiences.expiresAt'),
                  cell: ({ expires_at }) => (expires_at === null ? '' : formatDay(expires_at)),
                },
              ]}
            />
          )
        }
      </Answered>
    </div>
  );
}
