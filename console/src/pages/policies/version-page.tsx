// One version of the policies: who proposed it and why, what it changes, and what became of it.
import type { PolicyVersion } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { MemberName } from '../../api/member-name.tsx';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { Report } from './report.tsx';
import { VersionBadge } from './version-list.tsx';

export function VersionPage({ params }: { params: Params }) {
  const path = { policy_version_id: params.versionId! };
  const version = useResource(
    () => answered(api.GET('/v1/policy-versions/{policy_version_id}', { params: { path } })),
    [path.policy_version_id],
  );
  return (
    <div class="page">
      <Answered of={version}>{(one) => <Version version={one} onChange={version.reload} />}</Answered>
    </div>
  );
}

function Version({ version, onChange }: { version: PolicyVersion; onChange: () => void }) {
  const path = { policy_version_id: version.id };
  const withdrawal = useDeed(async () => {
    await answered(api.POST('/v1/policy-versions/{policy_version_id}/withdraw', { params: { path } }));
    onChange();
  });
  const isWaiting = version.status === 'proposed';
  return (
    <>
      <PageHead
        title={t('policies.versionNumber', { number: version.number })}
        lead={version.comment}
        up={{ to: '/policies?show=history', label: t('policies.history') }}
        actions={<VersionBadge status={version.status} />}
      />
      <Card>
        <Facts
          items={[
            { name: t('policies.whose'), value: t(`policies.of-${version.of}`) },
            { name: t('policies.proposedBy'), value: <MemberName id={version.proposed_by} /> },
            { name: t('policies.proposedAt'), value: formatInstant(version.created_at) },
            ...(version.in_force_at === null
              ? []
              : [{ name: t('policies.inForceSince'), value: formatInstant(version.in_force_at) }]),
            ...(version.ended_at === null
              ? []
              : [{ name: t('policies.endedAt'), value: formatInstant(version.ended_at) }]),
          ]}
        />
        {withdrawal.problem !== undefined && <Refusal problem={withdrawal.problem} />}
        {isWaiting && (
          <Notice>
            <p>
              {t('policies.waits')} <Link to="/approvals">{t('policies.toApprovals')}</Link>
            </p>
          </Notice>
        )}
        {isWaiting && hasAnyRole(['compliance-officer', 'operator']) && (
          <p>
            <Button look="danger" size="small" busy={withdrawal.busy} onPress={() => withdrawal.run()}>
              {t('policies.withdraw')}
            </Button>
          </p>
        )}
      </Card>
      <Report report={version.report} />
    </>
  );
}
