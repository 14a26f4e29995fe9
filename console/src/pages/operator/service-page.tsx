// How the service is: versions, jobs, storage, the log and its own keys. Counts and times, of no organisation.
import type { ServiceStatus } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Meter } from '../../design/progress.tsx';
import { Answered } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatBytes, formatDistance, formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { JobBadge } from './job-badge.tsx';

const AGAIN_MS = 10_000;

export function ServicePage() {
  const status = useResource(() => answered(api.GET('/v1/service')), [], { again: () => AGAIN_MS });
  return (
    <div class="page">
      <PageHead title={t('operator.serviceTitle')} lead={t('operator.serviceLead')} />
      <Answered of={status}>{(value) => <Status of={value} />}</Answered>
    </div>
  );
}

function Status({ of }: { of: ServiceStatus }) {
  return (
    <>
      <Card title={t('operator.versions')}>
        <Facts
          items={[
            { name: 'Écluse', value: of.versions.ecluse },
            { name: 'Node', value: of.versions.node },
            { name: t('operator.schema'), value: of.versions.schema },
            { name: t('operator.engine'), value: t(`operator.engine-${of.engine}`) },
            { name: t('operator.database'), value: of.database === 'sqlite' ? 'SQLite' : 'PostgreSQL' },
            { name: t('operator.startedAt'), value: formatInstant(of.started_at) },
          ]}
        />
      </Card>
      <Card title={t('operator.jobs')}>
        <Jobs of={of.jobs} />
      </Card>
      <div class="columns">
        <Storage of={of.storage} />
        <Log of={of.log} />
      </div>
      <Card title={t('operator.serviceKeys')}>
        <Table
          caption={t('operator.serviceKeys')}
          rows={of.keys}
          rowKey={({ purpose, version, created_at }) => `${purpose} ${version} ${created_at}`}
          columns={[
            { key: 'purpose', title: t('operator.purpose'), isHead: true, cell: ({ purpose }) => purpose },
            { key: 'version', title: t('operator.version'), isNumber: true, cell: ({ version }) => version },
            { key: 'since', title: t('operator.since'), cell: ({ created_at }) => formatInstant(created_at) },
          ]}
        />
      </Card>
    </>
  );
}

function Jobs({ of }: { of: ServiceStatus['jobs'] }) {
  if (of.length === 0) return <p class="muted">{t('operator.noJobs')}</p>;
  return (
    <Table
      caption={t('operator.jobs')}
      rows={of}
      rowKey={({ kind, state }) => `${kind} ${state}`}
      columns={[
        { key: 'kind', title: t('operator.kind'), isHead: true, cell: ({ kind }) => kind },
        { key: 'state', title: t('operator.state'), cell: ({ state }) => <JobBadge state={state} /> },
        { key: 'count', title: t('operator.count'), isNumber: true, cell: ({ count }) => formatNumber(count) },
        {
          key: 'oldest',
          title: t('operator.oldest'),
          cell: ({ oldest_at }) => formatDistance(oldest_at, Date.now()),
        },
      ]}
    />
  );
}

const LITTLE_LEFT = 0.1;

function Storage({ of }: { of: ServiceStatus['storage'] }) {
  const share = of.total_bytes === 0 ? 0 : of.free_bytes / of.total_bytes;
  return (
    <Card title={t('operator.storage')}>
      {share < LITTLE_LEFT && <Notice tone="danger">{t('operator.littleLeft')}</Notice>}
      <div class="progress">
        <div class="progress-head">
          <span>{t('operator.free')}</span>
          <span class="muted">
            {t('operator.freeOf', { free: formatBytes(of.free_bytes), total: formatBytes(of.total_bytes) })}
          </span>
        </div>
        <Meter label={t('operator.free')} share={share} />
      </div>
      <Table
        caption={t('operator.folders')}
        rows={of.folders}
        rowKey={({ name }) => name}
        columns={[
          {
            key: 'name',
            title: t('operator.folder'),
            isHead: true,
            cell: ({ name }) => (name === '.' ? t('operator.ownFiles') : name),
          },
          { key: 'bytes', title: t('operator.size'), isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
        ]}
      />
    </Card>
  );
}

function Log({ of }: { of: ServiceStatus['log'] }) {
  const unsigned = of.size - (of.checkpoint_size ?? 0);
  return (
    <Card title={t('operator.log')}>
      <Facts
        items={[
          { name: t('operator.logName'), value: of.origin },
          { name: t('operator.events'), value: formatNumber(of.size) },
          { name: t('operator.unsigned'), value: formatNumber(unsigned) },
          {
            name: t('operator.checkpointAt'),
            value: of.checkpoint_at === null ? '–' : formatDistance(of.checkpoint_at, Date.now()),
          },
        ]}
      />
      <p class="muted">{t('operator.logMeans')}</p>
    </Card>
  );
}
