// One delivery: what was sent, what policies kept back, what the platform did not take and what to do about it.
import type { Delivery } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered, Reasons } from '../../design/states.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { DeliveryBadge } from '../audiences/audience-words.tsx';
import { RefusedPersons } from '../audiences/forecast.tsx';
import { HeldDelivery } from './held-delivery.tsx';
import { RejectedRows } from './rejected-rows.tsx';

const WHILE_DELIVERING_MS = 1000;

export function DeliveryPage({ params }: { params: Params }) {
  const path = { delivery_id: params.deliveryId! };
  const delivery = useResource(
    () => answered(api.GET('/v1/deliveries/{delivery_id}', { params: { path } })),
    [path.delivery_id],
    {
      again: ({ finished_at, status }) =>
        finished_at === null && status !== 'awaiting_approval' ? WHILE_DELIVERING_MS : undefined,
    },
  );
  return (
    <div class="page">
      <Answered of={delivery}>
        {(value) => (
          <>
            <PageHead
              title={t('destinations.deliveryOf', { date: formatInstant(value.created_at) })}
              up={{ to: '/destinations', label: t('destinations.title') }}
              actions={<DeliveryBadge status={value.status} />}
            />
            <HeldDelivery delivery={value} onDecided={delivery.reload} />
            <About delivery={value} />
            {value.finished_at !== null && <RejectedRows delivery={value} />}
          </>
        )}
      </Answered>
    </div>
  );
}

function About({ delivery }: { delivery: Delivery }) {
  const { report, decision, finished_at, status } = delivery;
  const where = useResource(async () => {
    if (!hasAnyRole(['admin', 'analyst', 'compliance-officer'])) return undefined;
    const path = { activation_id: delivery.activation_id };
    return answered(api.GET('/v1/activations/{activation_id}', { params: { path } }));
  }, [delivery.activation_id]);
  const activation = where.state === 'ready' ? where.value : undefined;
  return (
    <Card>
      {finished_at === null && status !== 'awaiting_approval' && (
        <Progress label={t('audiences.underWay')} note={delivery.phase} />
      )}
      <Facts
        items={[
          { name: t('audiences.mode'), value: t(`audiences.mode-${delivery.mode}`) },
          ...(report === null
            ? []
            : [
                { name: t('audiences.added'), value: formatNumber(report.sent.added) },
                { name: t('audiences.removed'), value: formatNumber(report.sent.removed) },
                { name: t('destinations.batches'), value: formatNumber(report.batches) },
              ]),
          ...(finished_at === null ? [] : [{ name: t('destinations.finished'), value: formatInstant(finished_at) }]),
          ...(activation === undefined
            ? []
            : [
                {
                  name: t('destinations.audience'),
                  value: <Link to={`/audiences/${activation.audience_id}`}>{t('destinations.toAudience')}</Link>,
                },
                {
                  name: t('destinations.destination'),
                  value: (
                    <Link to={`/destinations/${activation.destination_id}`}>{t('destinations.toDestination')}</Link>
                  ),
                },
              ]),
        ]}
      />
      {decision?.outcome === 'deny' && <Reasons reasons={decision.reasons} policies={decision.policies} />}
      {report !== null && <RefusedPersons refused={report.refused} />}
    </Card>
  );
}
