// What became of an approval request, as a badge.
import type { Approval } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

const TONES: Readonly<Record<Approval['status'], Tone>> = {
  pending: 'info',
  approved: 'good',
  refused: 'danger',
  void: 'neutral',
  expired: 'warning',
};

export function StatusBadge({ status }: { status: Approval['status'] }) {
  return <Badge tone={TONES[status]}>{t(`approvals.status-${status}`)}</Badge>;
}
