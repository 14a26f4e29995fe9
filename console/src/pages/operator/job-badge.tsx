// The state of a job, as a badge.
import type { Job } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

const TONES: Readonly<Record<Job['status'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  succeeded: 'good',
  partially_succeeded: 'warning',
  failed: 'danger',
  cancelled: 'neutral',
};

export function JobBadge({ state }: { state: Job['status'] }) {
  return <Badge tone={TONES[state]}>{t(`operator.state-${state}`)}</Badge>;
}
