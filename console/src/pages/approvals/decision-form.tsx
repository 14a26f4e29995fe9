// Approving or refusing. The decision names the hash of what this browser drew; nobody decides on what they asked for, nor on what is over.
import { useState } from 'preact/hooks';
import type { Approval } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextArea } from '../../design/field.tsx';
import { Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole, session } from '../../session.ts';
import { hashOfShown } from './difference.ts';

export function DecisionForm({ approval, onDecided }: { approval: Approval; onDecided: () => void }) {
  const obstacle = obstacleOf(approval);
  if (obstacle !== undefined) return <Notice tone={obstacle.tone}>{obstacle.text}</Notice>;
  return <Form approval={approval} onDecided={onDecided} />;
}

interface Obstacle {
  readonly tone: 'info' | 'warning' | 'danger';
  readonly text: string;
}

/** Why nobody, or not this person, can decide; undefined when it is theirs to decide. */
function obstacleOf({
  status,
  shown,
  shown_hash,
  requested_by,
  expires_at,
  decided_at,
}: Approval): Obstacle | undefined {
  if (status === 'void') return { tone: 'info', text: t('approvals.isVoid') };
  if (status === 'expired')
    return { tone: 'info', text: t('approvals.isExpired', { date: formatInstant(expires_at) }) };
  if (status !== 'pending')
    return { tone: 'info', text: t(`approvals.is-${status}`, { date: formatInstant(decided_at ?? expires_at) }) };
  if (hashOfShown(shown) !== shown_hash) return { tone: 'danger', text: t('approvals.otherThanHashed') };
  if (requested_by === session.value?.member.id) return { tone: 'warning', text: t('approvals.ownRequest') };
  if (!hasAnyRole(['compliance-officer', 'operator'])) return { tone: 'info', text: t('approvals.notYourRole') };
  return undefined;
}

function Form({ approval, onDecided }: { approval: Approval; onDecided: () => void }) {
  const [comment, setComment] = useState('');
  const decision = useDeed(async (outcome: 'approve' | 'refuse') => {
    const body = { outcome, shown_hash: hashOfShown(approval.shown), ...(comment === '' ? {} : { comment }) };
    const path = { approval_id: approval.id };
    await answered(api.POST('/v1/approvals/{approval_id}/decision', { params: { path }, body }));
    onDecided();
  });
  const isForecast = approval.shown.forecast !== null;
  return (
    <Card title={t('approvals.decide')}>
      <p class="muted">
        {t('approvals.holdsFor')} <code title={approval.shown_hash}>{approval.shown_hash.slice(0, 12)}</code>
      </p>
      <TextArea
        label={t('approvals.comment')}
        hint={t('approvals.commentHint')}
        rows={3}
        value={comment}
        onInput={setComment}
      />
      {decision.problem !== undefined && <Refusal problem={decision.problem} onRetry={onDecided} />}
      <div class="row">
        <Button look="primary" busy={decision.busy} disabled={!isForecast} onPress={() => decision.run('approve')}>
          {t('approvals.approve')}
        </Button>
        <Button look="danger" busy={decision.busy} onPress={() => decision.run('refuse')}>
          {t('approvals.refuse')}
        </Button>
        {!isForecast && <span class="muted">{t('approvals.awaitsDryRun')}</span>}
      </div>
    </Card>
  );
}
