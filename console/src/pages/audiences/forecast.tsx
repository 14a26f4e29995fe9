// What a dry run found: how many would be delivered, how many refused and why, and what the policies say of the whole.
import type { DeliveryForecast } from '../../../../openapi/generated/api.ts';
import { Facts } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Reasons } from '../../design/states.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { countText } from './audience-words.tsx';

export function Forecast({ forecast }: { forecast: DeliveryForecast | null }) {
  if (forecast === null) return <p class="muted">{t('audiences.notTried')}</p>;
  const { decision } = forecast;
  // Before approvals are asked for, the only thing that may be missing is them.
  const reasons =
    decision?.outcome === 'deny' ? decision.reasons.filter((reason) => reason !== 'approval_missing') : [];
  return (
    <>
      <Facts
        items={[
          { name: t('audiences.inAudience'), value: countText(forecast.audience) },
          { name: t('audiences.wouldDeliver'), value: countText(forecast.would_deliver) },
          { name: t('audiences.triedAt'), value: formatInstant(forecast.at) },
        ]}
      />
      <RefusedPersons refused={forecast.refused} />
      {reasons.length > 0 && (
        <Notice tone="warning" title={t('audiences.wouldRefuse')}>
          <Reasons reasons={reasons} policies={decision?.policies ?? []} />
        </Notice>
      )}
    </>
  );
}

/** Persons that a policy keeps back, by reason. */
export function RefusedPersons({ refused }: Pick<DeliveryForecast, 'refused'>) {
  const entries = Object.entries(refused);
  if (entries.length === 0) return null;
  return (
    <div>
      <p class="field-label">{t('audiences.keptBack')}</p>
      <ul class="bullets">
        {entries.map(([reason, cell]) => (
          <li key={reason}>
            <span class="strong number">{countText(cell)}</span> · {findMessage(`reasons.${reason}`) ?? reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
