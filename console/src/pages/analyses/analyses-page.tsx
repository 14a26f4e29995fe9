// The questions asked in a collaboration; which collaboration stands in the address.

import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { PageHead } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { useChoice } from '../collaborations/collaboration-choice.tsx';
import { RunList } from './run-list.tsx';

const LIMIT = 200;

export function AnalysesPage() {
  const { chosen, field } = useChoice();
  return (
    <div class="page">
      <PageHead
        title={t('analyses.title')}
        lead={t('analyses.lead')}
        actions={
          chosen !== undefined &&
          hasAnyRole(['analyst']) && (
            <Button look="primary" to={`/collaborations/${chosen}/ask`}>
              {t('analyses.ask')}
            </Button>
          )
        }
      />
      {field}
      {chosen !== undefined && <RunsOf collaborationId={chosen} />}
    </div>
  );
}

function RunsOf({ collaborationId }: { collaborationId: string }) {
  const params = { path: { collaboration_id: collaborationId }, query: { limit: LIMIT } };
  const runs = useResource(
    async () => (await answered(api.GET('/v1/collaborations/{collaboration_id}/runs', { params }))).items,
    [collaborationId],
  );
  return <Answered of={runs}>{(items) => <RunList runs={items} />}</Answered>;
}
