// How the state and the deadline of a person's request are shown.
import type { AccessRequest, DeletionRequest } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { formatDay } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

type Status = DeletionRequest['status'] | AccessRequest['status'];

const TONES: Readonly<Record<Status, Tone>> = {
  queued: 'info',
  erasing: 'info',
  'awaiting-destinations': 'warning',
  completed: 'good',
  failed: 'danger',
  ready: 'warning',
  answered: 'good',
  destroyed: 'neutral',
};

export function RequestBadge({ status }: { status: Status }) {
  return <Badge tone={TONES[status]}>{t(`requests.status-${status}`)}</Badge>;
}

const SOON_DAYS = 7;

/** How many days are left; red once it is late, amber when it is soon. */
export function Deadline({ due_at, days_left }: Pick<DeletionRequest, 'due_at' | 'days_left'>) {
  if (days_left === null) return <span class="muted">{formatDay(due_at)}</span>;
  const tone = days_left < 0 ? 'danger' : days_left <= SOON_DAYS ? 'warning' : 'neutral';
  return (
    <span class="row">
      {formatDay(due_at)}
      <Badge tone={tone}>
        {days_left < 0 ? t('requests.late', { count: -days_left }) : t('requests.daysLeft', { count: days_left })}
      </Badge>
    </span>
  );
}
