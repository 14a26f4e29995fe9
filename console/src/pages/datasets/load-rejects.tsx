// The rejected rows of a load: how many by code and what to do about each, then row by row in the order of the file.
import type { Load, Reject } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Answered } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';

const MOST_SHOWN = 5_000;

export function LoadRejects({ load }: { load: Load }) {
  const byCode = Object.entries(load.rejected).sort(([, a], [, b]) => b - a);
  const total = byCode.reduce((sum, [, rows]) => sum + rows, 0);
  if (total === 0) return <Notice tone="good" title={t('loads.none')} />;
  return (
    <>
      <Card title={t('loads.byCode')}>
        <Table
          caption={t('loads.byCode')}
          columns={[
            { key: 'code', title: t('loads.code'), isHead: true, cell: ([code]) => <code>{code}</code> },
            { key: 'rows', title: t('loads.rows'), isNumber: true, cell: ([, rows]) => formatNumber(rows) },
            { key: 'mend', title: t('loads.whatToDo'), cell: ([code]) => findMessage(`rejects.${code}`) ?? '' },
          ]}
          rows={byCode}
          rowKey={([code]) => code}
        />
      </Card>
      <RejectList loadId={load.id} total={total} />
    </>
  );
}

function RejectList({ loadId, total }: { loadId: string; total: number }) {
  const rejects = useResource(() => readRejects(loadId), [loadId]);
  return (
    <Card title={t('loads.inOrder')}>
      <Answered of={rejects}>
        {(items) => (
          <>
            <p class="muted">{t('loads.numbered')}</p>
            {items.length < total && (
              <p class="muted">{t('loads.firstOnly', { count: items.length, more: total - items.length })}</p>
            )}
            <Table
              caption={t('loads.inOrder')}
              columns={[
                {
                  key: 'row',
                  title: t('loads.row'),
                  isNumber: true,
                  isHead: true,
                  cell: ({ row }) => formatNumber(row),
                },
                { key: 'field', title: t('loads.field'), cell: ({ field }) => field ?? t('loads.wholeRow') },
                { key: 'code', title: t('loads.code'), cell: ({ code }) => <code>{code}</code> },
                {
                  key: 'mend',
                  title: t('loads.whatToDo'),
                  cell: ({ code, hint }) => findMessage(`rejects.${code}`) ?? hint,
                },
              ]}
              rows={items}
              rowKey={({ row, field, code }) => `${row} ${field} ${code}`}
            />
          </>
        )}
      </Answered>
    </Card>
  );
}

function readRejects(loadId: string): Promise<Reject[]> {
  const path = { load_id: loadId };
  return everyItem(
    (cursor) =>
      api.GET('/v1/loads/{load_id}/rejects', {
        params: { path, query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } },
      }),
    MOST_SHOWN,
  );
}
