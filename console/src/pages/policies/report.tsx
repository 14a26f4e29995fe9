// What a change of policies would do: policy by policy, on the scenarios, and on decisions that were made.
import type { PolicyDifference, PolicyHistory, PolicyReport } from '../../../../openapi/generated/api.ts';
import { Card, Facts } from '../../design/card.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { lineDifference } from '../approvals/difference.ts';
import { Lines } from '../approvals/differences.tsx';

export function Report({ report }: { report: PolicyReport }) {
  return (
    <div class="stack">
      {report.may_allow_more.length > 0 && (
        <Notice tone="warning" title={t('policies.mayAllowMore')}>
          <p>
            {report.may_allow_more.map((id) => (
              <code key={id}>{id} </code>
            ))}
          </p>
        </Notice>
      )}
      <Card title={t('policies.differences')}>
        {report.differences.length === 0 && <p class="muted">{t('policies.noDifferences')}</p>}
        {report.differences.map((one) => (
          <OneDifference key={one.id} of={one} />
        ))}
      </Card>
      <Card title={t('policies.onHistory')}>
        <History of={report.history} />
      </Card>
      <Card title={t('policies.onScenarios')}>
        <Scenarios of={report.scenarios} />
      </Card>
    </div>
  );
}

function OneDifference({ of }: { of: PolicyDifference }) {
  const tone = of.strictness === 'may-allow-more' ? 'warning' : of.strictness === 'stricter' ? 'good' : 'neutral';
  return (
    <div class="stack">
      <p class="row">
        <Badge>{t(`policies.kind-${of.kind}`)}</Badge>
        <strong>{of.title_after ?? of.title_before ?? of.id}</strong>
        <Badge tone={tone}>{t(`policies.strictness-${of.strictness}`)}</Badge>
      </p>
      <Lines lines={lineDifference(of.text_before ?? '', of.text_after ?? '')} />
    </div>
  );
}

type Release = PolicyHistory['releases'][number];

function History({ of }: { of: PolicyHistory }) {
  if (of.considered === 0) return <p class="muted">{t('policies.noHistory')}</p>;
  return (
    <>
      <Facts
        items={[
          { name: t('policies.considered'), value: formatNumber(of.considered) },
          { name: t('policies.withheld'), value: formatNumber(of.withheld) },
          { name: t('policies.opened'), value: formatNumber(of.opened) },
          ...(of.unreadable === 0 ? [] : [{ name: t('policies.unreadable'), value: formatNumber(of.unreadable) }]),
        ]}
      />
      {of.releases.length > 0 && (
        <Table
          caption={t('policies.releases')}
          columns={releaseColumns()}
          rows={of.releases}
          rowKey={(release) => JSON.stringify(release)}
        />
      )}
    </>
  );
}

function releaseColumns(): Column<Release>[] {
  return [
    { key: 'instant', title: t('policies.when'), isHead: true, cell: ({ instant }) => formatInstant(instant) },
    {
      key: 'what',
      title: t('policies.release'),
      cell: ({ subject, event_id, gate }) =>
        event_id === null || subject === null ? (
          <span class="muted">{t('policies.ofAnother')}</span>
        ) : (
          <Link to={`/audit-log/events/${event_id}`}>{`${gate} ${subject.id}`}</Link>
        ),
    },
    {
      key: 'now',
      title: t('policies.now'),
      cell: ({ now }) => <Badge tone={now === 'withheld' ? 'warning' : 'info'}>{t(`policies.now-${now}`)}</Badge>,
    },
    {
      key: 'because',
      title: t('policies.because'),
      cell: ({ reasons }) => reasons.map((reason) => findMessage(`reasons.${reason}`) ?? reason).join(' '),
    },
  ];
}

function Scenarios({ of }: { of: PolicyReport['scenarios'] }) {
  if (of.changed.length === 0) return <p>{t('policies.scenariosHold', { count: of.cases })}</p>;
  return (
    <Table
      caption={t('policies.scenariosChanged', { count: of.changed.length })}
      isCaptionShown
      rows={of.changed}
      rowKey={({ about, case: name }) => `${about} ${name}`}
      columns={[
        { key: 'case', title: t('policies.scenario'), isHead: true, cell: (one) => one.case },
        { key: 'written', title: t('policies.written'), cell: ({ written }) => written },
        { key: 'now', title: t('policies.now'), cell: ({ now }) => now },
        { key: 'because', title: t('policies.because'), cell: ({ because }) => because.join(', ') },
      ]}
    />
  );
}
