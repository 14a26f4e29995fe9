// What a platform did not take of a delivery: by code with what to do, then row by row. Rows have numbers and no ids.
import { useState } from 'preact/hooks';
import type { Delivery, RejectedCode, RejectedRow } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Empty, Loading, Refusal } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { navigate } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';

const ROWS_A_PAGE = 100;

export function RejectedRows({ delivery }: { delivery: Delivery }) {
  const [code, setCode] = useState<string>();
  const path = { delivery_id: delivery.id };
  const read = (cursor?: string) => {
    const query = {
      limit: ROWS_A_PAGE,
      ...(code === undefined ? {} : { code }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    return answered(api.GET('/v1/deliveries/{delivery_id}/rejected-rows', { params: { path, query } }));
  };
  const [more, setMore] = useState<{ items: RejectedRow[]; cursor: string | null }>();
  const first = useResource(async () => {
    setMore(undefined);
    return read();
  }, [delivery.id, delivery.status, code]);
  const reading = useDeed(async (cursor: string) => {
    const page = await read(cursor);
    setMore({ items: [...(more?.items ?? []), ...page.items], cursor: page.next_cursor });
  });
  if (first.state === 'failed') return <Refusal problem={first.problem} onRetry={first.reload} />;
  if (first.value === undefined) return <Loading />;
  const { items, by_code, next_cursor } = first.value;
  if (by_code.length === 0) return <Empty title={t('destinations.allTaken')} />;
  const next = more === undefined ? next_cursor : more.cursor;
  return (
    <Card title={t('destinations.rejected')}>
      <ByCode codes={by_code} deliveryId={delivery.id} shown={code} onShow={setCode} />
      <Rows rows={[...items, ...(more?.items ?? [])]} />
      {reading.problem !== undefined && <Refusal problem={reading.problem} />}
      {next !== null && (
        <Button busy={reading.busy} onPress={() => reading.run(next)}>
          {t('destinations.moreRows')}
        </Button>
      )}
    </Card>
  );
}

interface ByCodeProps {
  codes: readonly RejectedCode[];
  deliveryId: string;
  shown: string | undefined;
  onShow: (code: string | undefined) => void;
}

function ByCode({ codes, deliveryId, shown, onShow }: ByCodeProps) {
  const retrying = useDeed(async (code?: string) => {
    const params = { path: { delivery_id: deliveryId } };
    const body = code === undefined ? {} : { codes: [code] };
    const made = await answered(api.POST('/v1/deliveries/{delivery_id}/rejected-rows/retry', { params, body }));
    navigate(`/deliveries/${made.id}`);
  });
  const mayRetry = hasAnyRole(['analyst']);
  const retryable = codes.reduce((sum, { retryable_rows }) => sum + retryable_rows, 0);
  return (
    <>
      {retrying.problem !== undefined && <Refusal problem={retrying.problem} />}
      <Table
        caption={t('destinations.byCode')}
        isCaptionShown
        rows={codes}
        rowKey={({ code }) => code}
        columns={[
          { key: 'code', title: t('destinations.code'), isHead: true, cell: ({ code }) => <code>{code}</code> },
          { key: 'rows', title: t('destinations.rows'), isNumber: true, cell: ({ rows }) => formatNumber(rows) },
          { key: 'remedy', title: t('destinations.whatToDo'), cell: (one) => remedyText(one) },
          {
            key: 'act',
            title: t('destinations.act'),
            cell: (one) => (
              <CodeActs of={one} {...{ shown, onShow, mayRetry, busy: retrying.busy, onRetry: retrying.run }} />
            ),
          },
        ]}
      />
      {mayRetry && retryable > 0 && (
        <Button look="primary" busy={retrying.busy} onPress={() => retrying.run()}>
          {t('destinations.retryAll', { count: retryable })}
        </Button>
      )}
    </>
  );
}

interface CodeActsProps extends Pick<ByCodeProps, 'shown' | 'onShow'> {
  of: RejectedCode;
  mayRetry: boolean;
  busy: boolean;
  onRetry: (code: string) => void;
}

function CodeActs({ of: { code, retryable_rows }, shown, onShow, mayRetry, busy, onRetry }: CodeActsProps) {
  return (
    <div class="row">
      <Button size="small" look="quiet" onPress={() => onShow(shown === code ? undefined : code)}>
        {t(shown === code ? 'destinations.showAll' : 'destinations.showRows')}
      </Button>
      {mayRetry && retryable_rows > 0 && (
        <Button size="small" busy={busy} label={t('destinations.retryOf', { code })} onPress={() => onRetry(code)}>
          {t('destinations.retry')}
        </Button>
      )}
    </div>
  );
}

const remedyText = ({ class: kind, what_to_do }: Pick<RejectedCode, 'class' | 'what_to_do'>): string =>
  findMessage(`destinations.remedy-${kind}`) ?? what_to_do;

function Rows({ rows }: { rows: readonly RejectedRow[] }) {
  return (
    <Table
      caption={t('destinations.rowByRow')}
      isCaptionShown
      rows={rows}
      rowKey={({ row, dead_letter_id, code }) => `${dead_letter_id} ${code} ${row}`}
      columns={[
        { key: 'row', title: t('destinations.row'), isHead: true, cell: rowText },
        { key: 'batch', title: t('destinations.batch'), isNumber: true, cell: ({ batch }) => batch ?? '' },
        { key: 'code', title: t('destinations.code'), cell: ({ code }) => <code>{code}</code> },
        { key: 'class', title: t('destinations.class'), cell: ({ class: kind }) => t(`destinations.class-${kind}`) },
        { key: 'next', title: t('destinations.next'), cell: nextText },
      ]}
    />
  );
}

const rowText = ({ row, rows }: RejectedRow): string =>
  row === null ? t('destinations.rowsTogether', { count: rows }) : formatNumber(row);

function nextText({ status, retryable }: RejectedRow): string {
  if (status !== 'waiting') return t(`destinations.letter-${status}`);
  return t(retryable ? 'destinations.canBeRetried' : 'destinations.cannotBeRetried');
}
