// The policies in force, and the versions that led to them.
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { t } from '../../i18n/i18n.ts';
import { place, setQuery } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { PolicyList } from './policy-list.tsx';
import { VersionList } from './version-list.tsx';

export function PoliciesPage() {
  const shown = place.value.query.get('show') === 'history' ? 'history' : 'in-force';
  const mayPropose = hasAnyRole(['compliance-officer', 'operator']);
  return (
    <div class="page">
      <PageHead
        title={t('policies.title')}
        lead={t('policies.lead')}
        actions={mayPropose && <Button to="/policies/proposal">{t('policies.propose')}</Button>}
      />
      <Tabs
        label={t('policies.title')}
        value={shown}
        tabs={[
          { value: 'in-force', label: t('policies.inForce') },
          { value: 'history', label: t('policies.history') },
        ]}
        onChoose={(chosen) => setQuery({ show: chosen === 'history' ? chosen : undefined })}
      >
        {shown === 'history' ? <VersionList /> : <InForce />}
      </Tabs>
    </div>
  );
}

function InForce() {
  const set = useResource(() => answered(api.GET('/v1/policies')), []);
  return (
    <Answered of={set}>
      {({ hash, policies }) => (
        <Card>
          <p class="muted">
            {t('policies.hash')} <code>{hash}</code>
          </p>
          <PolicyList policies={policies} />
        </Card>
      )}
    </Answered>
  );
}
