// Who still has to approve, who has, and what they said.
import type { Approval } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { session } from '../../session.ts';

const TONES: Readonly<Record<Approval['status'], Tone>> = {
  pending: 'warning',
  approved: 'good',
  refused: 'danger',
  void: 'neutral',
  expired: 'neutral',
};

export function Approvals({ approvals }: { approvals: readonly Approval[] }) {
  if (approvals.length === 0) return null;
  return (
    <div>
      <p class="field-label">{t('audiences.approvals')}</p>
      <ul class="bullets">
        {approvals.map((approval) => (
          <li key={approval.id}>
            {t(approval.tenant_id === session.value?.tenant?.id ? 'audiences.ownOfficer' : 'audiences.partnerOfficer')}{' '}
            <Badge tone={TONES[approval.status]}>{t(`audiences.approval-${approval.status}`)}</Badge>
            {approval.decided_at !== null && <span class="muted small"> {formatInstant(approval.decided_at)}</span>}
            {approval.comment !== null && <span class="muted"> · {approval.comment}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
