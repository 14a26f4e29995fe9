// One dataset: its visible version and figures, how long it is kept, what its columns are, and every load into it.
import type { DatasetSchema } from '../../../../identifiers/dataset-schema.ts';
import type { Dataset, Load } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDay, formatInstant, formatList, formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { wordOfRole } from '../../onboarding/role-choices.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { LoadBadge } from './load-badge.tsx';

export function DatasetPage({ params }: { params: Params }) {
  const id = params.datasetId!;
  const path = { dataset_id: id };
  const dataset = useResource(() => answered(api.GET('/v1/datasets/{dataset_id}', { params: { path } })), [id]);
  const loads = useResource(
    () =>
      everyItem((cursor) =>
        api.GET('/v1/datasets/{dataset_id}/loads', {
          params: { path, query: cursor === undefined ? {} : { cursor } },
        }),
      ),
    [id],
  );
  return (
    <div class="page">
      <Answered of={dataset}>{(one) => <Shown dataset={one} />}</Answered>
      <Card title={t('datasets.loads')}>
        <Answered of={loads}>
          {(items) =>
            items.length === 0 ? (
              <p class="muted">{t('datasets.loadsEmpty')}</p>
            ) : (
              <Table caption={t('datasets.loads')} columns={loadColumns()} rows={items} rowKey={(load) => load.id} />
            )
          }
        </Answered>
      </Card>
    </div>
  );
}

function Shown({ dataset }: { dataset: Dataset }) {
  const schema = dataset.schema as unknown as DatasetSchema;
  const load = hasAnyRole(['data-engineer']) && (
    <Button look="primary" to={`/datasets/${dataset.id}/load`}>
      {t('datasets.loadFile')}
    </Button>
  );
  return (
    <>
      <PageHead title={dataset.name} up={{ to: '/datasets', label: t('datasets.title') }} actions={load} />
      <div class="columns">
        <Card title={t(`datasets.state-${dataset.status}`)}>
          <Facts
            items={[
              { name: t('datasets.version'), value: <code>{dataset.version_id ?? t('datasets.noVersion')}</code> },
              { name: t('datasets.records'), value: formatNumber(dataset.records) },
              { name: t('datasets.persons'), value: formatNumber(dataset.persons) },
              {
                name: t('datasets.retention'),
                value: t('datasets.retentionMonths', { count: dataset.retention_months }),
              },
              {
                name: t('datasets.expires'),
                value: dataset.expires_at === null ? t('datasets.never') : formatDay(dataset.expires_at),
              },
              { name: t('datasets.consent'), value: consentOf(dataset, schema) },
              { name: t('datasets.salt'), value: <code>{dataset.salt_id}</code> },
              { name: t('datasets.created'), value: formatDay(dataset.created_at) },
            ]}
          />
        </Card>
        <Card title={t('datasets.columns')}>
          <Table
            caption={t('datasets.columns')}
            columns={[
              { key: 'name', title: t('datasets.column'), isHead: true, cell: ([name]) => name },
              { key: 'role', title: t('datasets.role'), cell: ([, role]) => roleText(role) },
            ]}
            rows={Object.entries(schema.columns)}
            rowKey={([name]) => name}
          />
        </Card>
      </div>
    </>
  );
}

function consentOf({ evidence }: Dataset, schema: DatasetSchema): string {
  if (Object.values(schema.columns).some(({ role }) => role === 'consent')) return t('datasets.consentColumn');
  if (evidence === null) return t('datasets.consentNone');
  const purposes = formatList(evidence.purposes.map((purpose) => t(`words.purpose-${purpose}`)));
  return t('datasets.consentEvidence', { purposes, destinations: formatList(evidence.destinations) });
}

/** Roles that the page offers have words of their own; the rest are told as the schema spells them. */
function roleText(role: DatasetSchema['columns'][string]): string {
  const { taxonomy, categories, destinations, ...plain } = role as typeof role & Record<string, unknown>;
  const word = wordOfRole(plain as typeof role);
  if (word !== 'leave-out') return findMessage(`onboarding.role-${word}`) ?? word;
  return Object.values(plain).join(' ');
}

function loadColumns(): Column<Load>[] {
  return [
    {
      key: 'when',
      title: t('datasets.when'),
      isHead: true,
      cell: ({ id, created_at }) => <Link to={`/loads/${id}`}>{formatInstant(created_at)}</Link>,
    },
    { key: 'state', title: t('datasets.state'), cell: ({ status }) => <LoadBadge status={status} /> },
    { key: 'mode', title: t('datasets.mode'), cell: ({ mode }) => <Badge>{t(`datasets.mode-${mode}`)}</Badge> },
    { key: 'received', title: t('datasets.received'), isNumber: true, cell: ({ received }) => formatNumber(received) },
    { key: 'accepted', title: t('datasets.accepted'), isNumber: true, cell: ({ accepted }) => formatNumber(accepted) },
    {
      key: 'rejected',
      title: t('datasets.rejected'),
      isNumber: true,
      cell: ({ received, accepted }) => formatNumber(received - accepted),
    },
  ];
}
