// The policies that a recorded decision names, whether they are in force or not.
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, PageHead } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import type { Params } from '../../router.tsx';
import { PolicyList } from './policy-list.tsx';

export function PolicySetPage({ params }: { params: Params }) {
  const hash = params.hash!;
  const set = useResource(
    () => answered(api.GET('/v1/policies/{policy_set_hash}', { params: { path: { policy_set_hash: hash } } })),
    [hash],
  );
  return (
    <div class="page">
      <PageHead
        title={t('policies.setTitle')}
        lead={
          <>
            {t('policies.setLead')} <code>{hash.slice(0, 16)}</code>
          </>
        }
        up={{ to: '/policies', label: t('policies.title') }}
      />
      <Answered of={set}>
        {({ policies }) => (
          <Card>
            <PolicyList policies={policies} />
          </Card>
        )}
      </Answered>
    </div>
  );
}
