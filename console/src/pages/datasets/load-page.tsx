// One load: live while it runs, then what was accepted and rejected by code, and every rejected row in the order of the file.
import type { Job, Load } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered } from '../../design/states.tsx';
import { formatInstant, formatList, formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { LoadBadge } from './load-badge.tsx';
import { LoadRejects } from './load-rejects.tsx';

/** Often enough to be followed, seldom enough not to be felt. */
const GLANCE_MS = 700;

export function LoadPage({ params }: { params: Params }) {
  const id = params.loadId!;
  const seen = useResource(() => readLoad(id), [id], {
    again: ({ load }) => (isUnderWay(load) ? GLANCE_MS : undefined),
  });
  return (
    <div class="page">
      <Answered of={seen}>{(value) => <Shown {...value} />}</Answered>
    </div>
  );
}

async function readLoad(id: string): Promise<{ load: Load; job: Job }> {
  const load = await answered(api.GET('/v1/loads/{load_id}', { params: { path: { load_id: id } } }));
  const job = await answered(api.GET('/v1/jobs/{job_id}', { params: { path: { job_id: load.job_id } } }));
  return { load, job };
}

function isUnderWay({ status }: Load): boolean {
  return status === 'queued' || status === 'running';
}

function Shown({ load, job }: { load: Load; job: Job }) {
  return (
    <>
      <PageHead
        title={t('loads.title', { instant: formatInstant(load.created_at) })}
        lead={t('loads.lead')}
        up={{ to: `/datasets/${load.dataset_id}`, label: t('loads.dataset') }}
        actions={<LoadBadge status={load.status} />}
      />
      {isUnderWay(load) && <UnderWay job={job} />}
      {load.status === 'failed' && <Failure load={load} />}
      {!isUnderWay(load) && load.status !== 'failed' && <Figures load={load} />}
      {!isUnderWay(load) && load.status !== 'failed' && <LoadRejects load={load} />}
    </>
  );
}

function UnderWay({ job: { progress } }: { job: Job }) {
  const { phase, rows, bytes, total_bytes: total } = progress;
  const share = total === null || total === 0 ? undefined : Math.min(1, bytes / total);
  return (
    <Card>
      <Progress label={t('loads.underWay')} share={share} note={t('loads.phase', { phase, rows })} />
    </Card>
  );
}

function Failure({ load: { error, incident } }: { load: Load }) {
  return (
    <Notice tone="danger" title={incident ? t('loads.incident') : t('loads.failed')}>
      {error !== null && (
        <>
          <p>
            <code>{error.code}</code>{' '}
            {error.row !== undefined &&
              (error.field === undefined
                ? t('loads.atRow', { row: error.row })
                : t('loads.at', { row: error.row, field: error.field }))}
          </p>
          <p>{findMessage(`rejects.${error.code}`) ?? error.hint}</p>
        </>
      )}
    </Notice>
  );
}

function Figures({ load }: { load: Load }) {
  const { received, accepted, persons, keys, created_at: from, finished_at: to, receipt_event_id: receipt } = load;
  const seconds = to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;
  const counts = Object.entries(keys).map(([type, count]) =>
    t('loads.keysOf', { count: formatNumber(count), type: findMessage(`words.identifier-${type}`) ?? type }),
  );
  return (
    <Card title={t('loads.figures')}>
      <Facts
        items={[
          { name: t('loads.received'), value: formatNumber(received) },
          { name: t('loads.accepted'), value: formatNumber(accepted) },
          { name: t('loads.rejected'), value: formatNumber(received - accepted) },
          { name: t('loads.persons'), value: formatNumber(persons) },
          { name: t('loads.keys'), value: formatList(counts) },
          {
            name: t('loads.duration'),
            value: t('loads.seconds', { seconds: formatNumber(seconds, { maximumFractionDigits: 1 }) }),
          },
          ...(receipt === null ? [] : [{ name: t('loads.receipt'), value: <Receipt id={receipt} /> }]),
        ]}
      />
    </Card>
  );
}

/** Its proof is for whoever may read the log; the others can name it to them. */
function Receipt({ id }: { id: string }) {
  if (!hasAnyRole(['admin', 'compliance-officer'])) return <code>{id}</code>;
  return <Link to={`/audit-log/events/${id}`}>{id}</Link>;
}
