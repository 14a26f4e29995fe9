// How the last trial of a destination's credentials went: it worked, or for which code it did not.
import type { Destination } from '../../../../openapi/generated/api.ts';
import { Badge } from '../../design/notice.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

export function LastTest({ destination: { last_tested_at, last_test_outcome } }: { destination: Destination }) {
  if (last_tested_at === null || last_test_outcome === null)
    return <span class="muted">{t('destinations.never')}</span>;
  const isOk = last_test_outcome === 'ok';
  return (
    <>
      <Badge tone={isOk ? 'good' : 'danger'}>
        {t(isOk ? 'destinations.outcome-ok' : 'destinations.outcome-failed')}
      </Badge>{' '}
      <span class="muted small">
        {isOk ? formatInstant(last_tested_at) : `${last_test_outcome}, ${formatInstant(last_tested_at)}`}
      </span>
    </>
  );
}
