// Accepting an invitation or declining it, by whoever may; everybody else is told who.
import type { Collaboration } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { ownStatus } from './invitations-page.tsx';

export function AcceptStep({ collaboration, onChange }: { collaboration: Collaboration; onChange: () => void }) {
  const params = { path: { collaboration_id: collaboration.id } };
  const acceptance = useDeed(async () => {
    await answered(api.POST('/v1/collaborations/{collaboration_id}/accept', { params }));
    onChange();
  });
  const refusal = useDeed(async () => {
    await answered(api.POST('/v1/collaborations/{collaboration_id}/decline', { params }));
    onChange();
  });
  const status = ownStatus(collaboration);
  if (status === 'accepted') return <p>{t('invitation.isAccepted')}</p>;
  if (status === 'left') return <p>{t('invitation.isDeclined')}</p>;
  if (!hasAnyRole(['admin'])) return <p class="muted">{t('invitation.adminAccepts')}</p>;
  const problem = acceptance.problem ?? refusal.problem;
  return (
    <>
      <p>{t('invitation.acceptMeans')}</p>
      {problem !== undefined && <Refusal problem={problem} />}
      <div class="row">
        <Button look="primary" busy={acceptance.busy} onPress={() => acceptance.run()}>
          {t('invitation.accept')}
        </Button>
        <Button look="danger" busy={refusal.busy} onPress={() => refusal.run()}>
          {t('invitation.decline')}
        </Button>
      </div>
    </>
  );
}
