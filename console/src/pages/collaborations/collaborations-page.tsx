// Collaborations at a glance: who is in each, what its rules are, and what is left of its privacy budget.
import type { Collaboration } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { formatDay, formatList, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, place, setQuery } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { BudgetLeft } from './budget-left.tsx';
import { CollaborationBadge, memberNames } from './collaboration-words.tsx';

export function CollaborationsPage() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/collaborations', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <div class="page">
      <PageHead title={t('collaborations.title')} lead={t('collaborations.lead')} />
      <Answered of={all}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('collaborations.empty')}>{t('collaborations.emptyText')}</Empty>
          ) : (
            <Views items={items} />
          )
        }
      </Answered>
    </div>
  );
}

const VIEWS = ['cards', 'table'] as const;

function Views({ items }: { items: readonly Collaboration[] }) {
  const view = VIEWS.find((one) => one === place.value.query.get('view')) ?? 'cards';
  return (
    <Tabs
      label={t('collaborations.view')}
      tabs={VIEWS.map((value) => ({ value, label: t(`collaborations.view-${value}`) }))}
      value={view}
      onChoose={(chosen) => setQuery({ view: chosen === 'cards' ? undefined : chosen })}
    >
      {view === 'table' ? (
        <Table caption={t('collaborations.title')} columns={columns()} rows={items} rowKey={({ id }) => id} />
      ) : (
        <div class="cards">
          {items.map((one) => (
            <Glance key={one.id} collaboration={one} />
          ))}
        </div>
      )}
    </Tabs>
  );
}

function columns(): Column<Collaboration>[] {
  return [
    {
      key: 'name',
      title: t('collaborations.name'),
      isHead: true,
      cell: ({ id, name }) => <Link to={`/collaborations/${id}`}>{name}</Link>,
    },
    { key: 'status', title: t('collaborations.status'), cell: ({ status }) => <CollaborationBadge status={status} /> },
    { key: 'members', title: t('collaborations.members'), cell: memberNames },
    {
      key: 'threshold',
      title: t('collaborations.threshold'),
      isNumber: true,
      cell: ({ terms }) => formatNumber(terms.privacy_threshold),
    },
    { key: 'since', title: t('collaborations.since'), cell: ({ created_at }) => formatDay(created_at) },
  ];
}

function Glance({ collaboration }: { collaboration: Collaboration }) {
  const { terms } = collaboration;
  return (
    <Card>
      <header class="card-head">
        <h2>
          <Link to={`/collaborations/${collaboration.id}`}>{collaboration.name}</Link>
        </h2>
        <CollaborationBadge status={collaboration.status} />
      </header>
      <Facts
        items={[
          { name: t('collaborations.members'), value: memberNames(collaboration) },
          {
            name: t('collaborations.matchedBy'),
            value: formatList(terms.identifier_types.map((type) => t(`words.identifier-${type}`))),
          },
          { name: t('collaborations.threshold'), value: formatNumber(terms.privacy_threshold) },
          {
            name: t('collaborations.endsAt'),
            value: terms.ends_at ? formatDay(terms.ends_at) : t('collaborations.noEnd'),
          },
        ]}
      />
      {collaboration.status === 'active' && hasAnyRole(['analyst', 'compliance-officer', 'admin']) && (
        <BudgetLeft collaborationId={collaboration.id} />
      )}
    </Card>
  );
}
