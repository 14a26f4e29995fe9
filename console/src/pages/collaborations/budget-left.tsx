// What is left of a collaboration's privacy budget, and what that means.
import { useState } from 'preact/hooks';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Meter } from '../../design/progress.tsx';
import { Answered } from '../../design/states.tsx';
import { formatShare } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

export function BudgetLeft({ collaborationId }: { collaborationId: string }) {
  const [isExplained, setExplained] = useState(false);
  const path = { collaboration_id: collaborationId };
  const budget = useResource(
    () => answered(api.GET('/v1/collaborations/{collaboration_id}/privacy-budget', { params: { path } })),
    [collaborationId],
  );
  return (
    <Answered of={budget}>
      {({ left_share }) => (
        <div class="progress">
          <div class="progress-head">
            <span class="muted">{t('collaborations.budget')}</span>
            <span class="strong number">{formatShare(left_share)}</span>
          </div>
          <Meter label={t('collaborations.budget')} share={left_share} />
          <span>
            <Button look="quiet" size="small" onPress={() => setExplained(true)}>
              {t('collaborations.budgetWhat')}
            </Button>
          </span>
          <Dialog title={t('collaborations.budget')} isOpen={isExplained} onClose={() => setExplained(false)}>
            <p>{t('collaborations.budgetMeaning')}</p>
            <p>{t('collaborations.budgetReturns')}</p>
          </Dialog>
        </div>
      )}
    </Answered>
  );
}
