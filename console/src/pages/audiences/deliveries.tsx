// The deliveries of an activation: what was sent, what a policy kept back, what the platform turned down.
import type { Activation, Delivery } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Answered } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { DeliveryBadge } from './audience-words.tsx';
import { RefusedPersons } from './forecast.tsx';

const WHILE_DELIVERING_MS = 1000;

export function Deliveries({ activation }: { activation: Activation }) {
  const query = { activation_id: activation.id };
  const deliveries = useResource(
    async () => (await answered(api.GET('/v1/deliveries', { params: { query } }))).items,
    [activation.id, activation.deliveries.length],
    { again: (items) => (items.some(({ finished_at }) => finished_at === null) ? WHILE_DELIVERING_MS : undefined) },
  );
  if (activation.deliveries.length === 0) return null;
  return (
    <Answered of={deliveries}>
      {(items) => (
        <>
          <Table
            caption={t('audiences.deliveries')}
            isCaptionShown
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'at',
                title: t('audiences.at'),
                isHead: true,
                cell: ({ id, created_at }) => <Link to={`/deliveries/${id}`}>{formatInstant(created_at)}</Link>,
              },
              { key: 'status', title: t('audiences.status'), cell: ({ status }) => <DeliveryBadge status={status} /> },
              { key: 'added', title: t('audiences.added'), isNumber: true, cell: sentText('added') },
              { key: 'removed', title: t('audiences.removed'), isNumber: true, cell: sentText('removed') },
              { key: 'rejected', title: t('audiences.rejected'), isNumber: true, cell: rejectedText },
            ]}
          />
          {items[0]?.report != null && <RefusedPersons refused={items[0].report.refused} />}
        </>
      )}
    </Answered>
  );
}

function sentText(what: 'added' | 'removed') {
  return ({ report }: Delivery): string => (report === null ? '' : formatNumber(report.sent[what]));
}

/** Such as "12 (invalid_id)". */
function rejectedText({ report }: Delivery): string {
  const codes = Object.entries(report?.rejected_by_platform ?? {});
  if (report === null) return '';
  return codes.length === 0
    ? formatNumber(0)
    : codes.map(([code, count]) => `${formatNumber(count)} (${code})`).join(', ');
}
