// Long work of the organisation, the newest first, and how its destinations are: tried, and delivered to.
import type { Activation, Delivery, Destination, Job } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDistance, formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { JobBadge } from './job-badge.tsx';

const AGAIN_MS = 3000;

export function JobsPage() {
  const jobs = useResource(
    () =>
      everyItem((cursor) => api.GET('/v1/jobs', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } })),
    [],
    { again: (items) => (items.some(isUnderWay) ? AGAIN_MS : undefined) },
  );
  const seesDestinations = hasAnyRole(['admin', 'analyst', 'compliance-officer', 'connector']);
  return (
    <div class="page">
      <PageHead title={t('operator.jobsTitle')} lead={t('operator.jobsLead')} />
      {seesDestinations && <Health />}
      <Card title={t('operator.jobs')}>
        <Answered of={jobs}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={t('operator.noJobs')} />
            ) : (
              <Table caption={t('operator.jobs')} columns={columns()} rows={items} rowKey={({ id }) => id} />
            )
          }
        </Answered>
      </Card>
    </div>
  );
}

function isUnderWay({ status }: Job): boolean {
  return status === 'queued' || status === 'running';
}

function columns(): Column<Job>[] {
  return [
    { key: 'kind', title: t('operator.kind'), isHead: true, cell: ({ kind }) => kind },
    { key: 'state', title: t('operator.state'), cell: ({ status }) => <JobBadge state={status} /> },
    {
      key: 'phase',
      title: t('operator.phase'),
      cell: ({ status, progress }) => (status === progress.phase ? '–' : progress.phase),
    },
    { key: 'rows', title: t('operator.rows'), isNumber: true, cell: ({ progress }) => formatNumber(progress.rows) },
    { key: 'asked', title: t('operator.asked'), cell: ({ created_at }) => formatInstant(created_at) },
    { key: 'failure', title: t('operator.failure'), cell: ({ error }) => error?.detail ?? '–' },
  ];
}

interface Healths {
  readonly destinations: readonly Destination[];
  readonly activations: readonly Activation[];
  /** The newest first. */
  readonly deliveries: readonly Delivery[];
}

async function readHealth(): Promise<Healths> {
  const [destinations, activations, deliveries] = await Promise.all([
    everyItem((cursor) => api.GET('/v1/destinations', { params: { query: cursor ? { cursor } : {} } })),
    everyItem((cursor) => api.GET('/v1/activations', { params: { query: cursor ? { cursor } : {} } })),
    everyItem((cursor) => api.GET('/v1/deliveries', { params: { query: cursor ? { cursor } : {} } }), 500),
  ]);
  return { destinations, activations, deliveries };
}

function Health() {
  const health = useResource(readHealth, []);
  return (
    <Card title={t('operator.health')}>
      <Answered of={health}>
        {(read) =>
          read.destinations.length === 0 ? (
            <p class="muted">{t('operator.noDestinations')}</p>
          ) : (
            <Table
              caption={t('operator.health')}
              columns={healthColumns(read)}
              rows={read.destinations}
              rowKey={({ id }) => id}
            />
          )
        }
      </Answered>
    </Card>
  );
}

function healthColumns({ activations, deliveries }: Healths): Column<Destination>[] {
  const destinationOf = new Map(activations.map(({ id, destination_id }) => [id, destination_id]));
  const lastTo = (id: string) => deliveries.find(({ activation_id }) => destinationOf.get(activation_id) === id);
  return [
    { key: 'name', title: t('operator.name'), isHead: true, cell: ({ name }) => name },
    { key: 'kind', title: t('operator.kind'), cell: ({ kind }) => kind },
    {
      key: 'tested',
      title: t('operator.tested'),
      cell: ({ last_tested_at, last_test_outcome }) =>
        last_tested_at === null ? (
          t('operator.never')
        ) : (
          <span class="row">
            <Badge tone={last_test_outcome === 'ok' ? 'good' : 'danger'}>{last_test_outcome}</Badge>
            {formatDistance(last_tested_at, Date.now())}
          </span>
        ),
    },
    {
      key: 'delivered',
      title: t('operator.lastDelivery'),
      cell: ({ id }) => {
        const last = lastTo(id);
        if (last === undefined) return t('operator.never');
        return `${last.status.replaceAll('_', ' ')}, ${formatDistance(last.created_at, Date.now())}`;
      },
    },
  ];
}
