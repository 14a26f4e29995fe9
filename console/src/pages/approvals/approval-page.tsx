// One request for approval: what changes, what a dry run found, which policies decided, and the decision.
import type { Approval } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { MemberName } from '../../api/member-name.tsx';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Loading } from '../../design/states.tsx';
import { formatDistance, formatInstant } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { DecisionForm } from './decision-form.tsx';
import { Differences } from './differences.tsx';
import { ForecastFigures } from './forecast-figures.tsx';
import { StatusBadge } from './status-badge.tsx';

const DRY_RUN_AGAIN_MS = 1500;

export function ApprovalPage({ params }: { params: Params }) {
  const approvalId = params.approvalId!;
  const approval = useResource(
    () => answered(api.GET('/v1/approvals/{approval_id}', { params: { path: { approval_id: approvalId } } })),
    [approvalId],
    { again: ({ status, shown }) => (status === 'pending' && shown.forecast === null ? DRY_RUN_AGAIN_MS : undefined) },
  );
  return (
    <div class="page">
      <Answered of={approval}>{(one) => <Asked approval={one} onChange={approval.reload} />}</Answered>
    </div>
  );
}

function Asked({ approval, onChange }: { approval: Approval; onChange: () => void }) {
  const { shown, subject } = approval;
  return (
    <>
      <PageHead
        title={approval.summary}
        up={{ to: '/approvals', label: t('approvals.title') }}
        actions={<StatusBadge status={approval.status} />}
      />
      <Card>
        <Facts
          items={[
            { name: t('approvals.kind'), value: t(`approvals.kind-${subject.kind}`) },
            { name: t('approvals.askedBy'), value: <MemberName id={approval.requested_by} /> },
            { name: t('approvals.askedAt'), value: formatInstant(approval.created_at) },
            {
              name: t('approvals.expiresAt'),
              value: `${formatInstant(approval.expires_at)} (${formatDistance(approval.expires_at, Date.now())})`,
            },
            ...decidedFacts(approval),
          ]}
        />
      </Card>
      <Card
        title={t('approvals.difference')}
        aside={<Badge>{t('approvals.changes', { count: shown.changes.length })}</Badge>}
      >
        <Differences changes={shown.changes} />
      </Card>
      <div class="columns">
        <Card title={t('approvals.dryRun')}>
          {shown.forecast === null ? (
            <Loading label={t('approvals.dryRunUnderWay')} />
          ) : (
            <ForecastFigures forecast={shown.forecast} />
          )}
        </Card>
        <Card title={t('approvals.policies')}>
          <Decisions of={shown.decisions} />
        </Card>
      </div>
      <DecisionForm approval={approval} onDecided={onChange} />
    </>
  );
}

function decidedFacts({ decided_by, decided_at, comment, receipt_event_id }: Approval) {
  return [
    ...(decided_by === null ? [] : [{ name: t('approvals.decidedBy'), value: <MemberName id={decided_by} /> }]),
    ...(decided_at === null ? [] : [{ name: t('approvals.decidedAt'), value: formatInstant(decided_at) }]),
    ...(comment === null ? [] : [{ name: t('approvals.comment'), value: comment }]),
    ...(receipt_event_id === null
      ? []
      : [
          {
            name: t('approvals.proof'),
            value: <Link to={`/audit-log/events/${receipt_event_id}`}>{t('approvals.showProof')}</Link>,
          },
        ]),
  ];
}

function Decisions({ of }: { of: Approval['shown']['decisions'] }) {
  if (of.length === 0) return <p class="muted">{t('approvals.noPolicies')}</p>;
  return (
    <ul class="plain-list">
      {of.map((decision) => (
        <li key={JSON.stringify(decision)} class="stack">
          <p class="row">
            <Badge tone={decision.outcome === 'allow' ? 'good' : 'warning'}>
              {t(`approvals.outcome-${decision.outcome}`)}
            </Badge>
            <span>{findMessage(`approvals.gate-${decision.gate.replace(':', '-')}`) ?? decision.gate}</span>
          </p>
          {decision.reasons.length > 0 && (
            <ul class="bullets">
              {decision.reasons.map(({ code, text }) => (
                <li key={code}>{findMessage(`reasons.${code}`) ?? text}</li>
              ))}
            </ul>
          )}
          {decision.policies.map(({ id, title }) => (
            <p key={id} class="small">
              <Link to={`/policies/sets/${decision.policy_set_hash}?policy=${encodeURIComponent(id)}`}>{title}</Link>{' '}
              <code>{id}</code>
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
