// How a load stands, in one word.
import type { Load } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

const TONES: Readonly<Record<Load['status'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  succeeded: 'good',
  partially_succeeded: 'warning',
  failed: 'danger',
};

export function LoadBadge({ status }: { status: Load['status'] }) {
  return <Badge tone={TONES[status]}>{t(`loads.status-${status}`)}</Badge>;
}
