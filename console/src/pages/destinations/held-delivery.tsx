// A delivery that the circuit breaker holds: how many there are now, how many there were at the most, and a person's decision.
import type { Delivery } from '../../../../openapi/generated/api.ts';
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { DecisionForm } from '../approvals/decision-form.tsx';
import { countText } from '../audiences/audience-words.tsx';

export function HeldDelivery({ delivery, onDecided }: { delivery: Delivery; onDecided: () => void }) {
  if (delivery.status !== 'awaiting_approval' || delivery.held === null) return null;
  const { volume, largest_before } = delivery.held;
  return (
    <Card title={t('destinations.breaker')}>
      <Notice tone="warning">{t('destinations.breakerText')}</Notice>
      <Facts
        items={[
          { name: t('destinations.now'), value: countText(volume) },
          { name: t('destinations.before'), value: countText(largest_before) },
          {
            name: t('destinations.delivery'),
            value: <Link to={`/deliveries/${delivery.id}`}>{t('destinations.toDelivery')}</Link>,
          },
        ]}
      />
      {hasAnyRole(['compliance-officer']) ? (
        <Decision deliveryId={delivery.id} onDecided={onDecided} />
      ) : (
        <p class="muted">{t('destinations.officerDecides')}</p>
      )}
    </Card>
  );
}

function Decision({ deliveryId, onDecided }: { deliveryId: string; onDecided: () => void }) {
  const asked = useResource(async () => {
    const query = { subject_kind: 'delivery', status: 'pending' } as const;
    const found = await everyItem((cursor) =>
      api.GET('/v1/approvals', { params: { query: { ...query, ...pageFrom(cursor) } } }),
    );
    return found.find(({ subject }) => subject.id === deliveryId);
  }, [deliveryId]);
  return (
    <Answered of={asked}>
      {(approval) =>
        approval === undefined ? (
          <p class="muted">{t('destinations.notAsked')}</p>
        ) : (
          <DecisionForm approval={approval} onDecided={onDecided} />
        )
      }
    </Answered>
  );
}
