// The inbox: what waits for a second person, the most urgent first, and what became of the rest.
import type { Approval } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { MemberName } from '../../api/member-name.tsx';
import { useResource } from '../../api/resource.ts';
import { Card, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { formatDistance, formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, place, setQuery } from '../../router.tsx';
import { StatusBadge } from './status-badge.tsx';

export function ApprovalsPage() {
  const shown = place.value.query.get('show') === 'decided' ? 'decided' : 'pending';
  return (
    <div class="page">
      <PageHead title={t('approvals.title')} lead={t('approvals.lead')} />
      <Tabs
        label={t('approvals.title')}
        value={shown}
        tabs={[
          { value: 'pending', label: t('approvals.pending') },
          { value: 'decided', label: t('approvals.decided') },
        ]}
        onChoose={(chosen) => setQuery({ show: chosen === 'pending' ? undefined : chosen })}
      >
        {shown === 'pending' ? <Pending /> : <Decided />}
      </Tabs>
    </div>
  );
}

function Pending() {
  const pending = useResource(
    () =>
      everyItem((cursor) =>
        api.GET('/v1/approvals', { params: { query: { status: 'pending', ...(cursor ? { cursor } : {}) } } }),
      ),
    [],
  );
  return (
    <Answered of={pending}>
      {(items) =>
        items.length === 0 ? (
          <Empty title={t('approvals.nonePending')}>{t('approvals.nonePendingText')}</Empty>
        ) : (
          <div class="stack">
            {items
              .toSorted((a, b) => a.expires_at.localeCompare(b.expires_at))
              .map((one) => (
                <Waiting key={one.id} approval={one} />
              ))}
          </div>
        )
      }
    </Answered>
  );
}

function Waiting({ approval }: { approval: Approval }) {
  const { shown, subject } = approval;
  return (
    <Card>
      <header class="card-head">
        <h2>
          <Link to={`/approvals/${approval.id}`}>{approval.summary}</Link>
        </h2>
        <Badge tone="info">{t(`approvals.kind-${subject.kind}`)}</Badge>
      </header>
      <p class="muted">
        {t('approvals.askedBy')} <MemberName id={approval.requested_by} />, {formatInstant(approval.created_at)} ·{' '}
        {t('approvals.changes', { count: shown.changes.length })} ·{' '}
        {t('approvals.expires', { when: formatDistance(approval.expires_at, Date.now()) })}
      </p>
      <p>{shown.forecast?.text ?? t('approvals.dryRunUnderWay')}</p>
    </Card>
  );
}

function Decided() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/approvals', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <Answered of={all}>
      {(items) => {
        const decided = items.filter(({ status }) => status !== 'pending');
        if (decided.length === 0) return <Empty title={t('approvals.noneDecided')} />;
        return <Table caption={t('approvals.decided')} columns={columns()} rows={decided} rowKey={({ id }) => id} />;
      }}
    </Answered>
  );
}

function columns(): Column<Approval>[] {
  return [
    {
      key: 'summary',
      title: t('approvals.what'),
      isHead: true,
      cell: ({ id, summary }) => <Link to={`/approvals/${id}`}>{summary}</Link>,
    },
    { key: 'kind', title: t('approvals.kind'), cell: ({ subject }) => t(`approvals.kind-${subject.kind}`) },
    { key: 'status', title: t('approvals.status'), cell: ({ status }) => <StatusBadge status={status} /> },
    {
      key: 'by',
      title: t('approvals.decidedBy'),
      cell: ({ decided_by }) => (decided_by === null ? '–' : <MemberName id={decided_by} />),
    },
    {
      key: 'at',
      title: t('approvals.decidedAt'),
      cell: ({ decided_at, created_at }) => formatInstant(decided_at ?? created_at),
    },
  ];
}
