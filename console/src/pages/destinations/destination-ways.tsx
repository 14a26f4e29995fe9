// What comes to a destination: each activation with whom it leaves out, and the schedules by which it runs.
import type { Activation, Schedule } from '../../../../openapi/generated/api.ts';
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { ActivationBadge } from '../audiences/audience-words.tsx';

interface Way {
  readonly activation: Activation;
  readonly name: string;
  readonly excluded: readonly string[];
}

export function Ways({ activations }: { activations: readonly Activation[] }) {
  const read = useResource(() => readWays(activations), [activations.map(({ id, status }) => id + status).join()]);
  if (activations.length === 0) return null;
  return (
    <Answered of={read}>
      {({ ways, schedules }) => (
        <Card title={t('destinations.ways')}>
          <Table
            caption={t('destinations.ways')}
            rows={ways}
            rowKey={({ activation }) => activation.id}
            columns={[
              {
                key: 'name',
                title: t('destinations.audience'),
                isHead: true,
                cell: ({ activation, name }) => <Link to={`/audiences/${activation.audience_id}`}>{name}</Link>,
              },
              {
                key: 'purpose',
                title: t('destinations.purpose'),
                cell: ({ activation: { purpose } }) => findMessage(`words.purpose-${purpose}`) ?? purpose,
              },
              {
                key: 'status',
                title: t('audiences.status'),
                cell: ({ activation }) => <ActivationBadge status={activation.status} />,
              },
              {
                key: 'excluded',
                title: t('destinations.leavesOut'),
                cell: ({ excluded }) => (excluded.length === 0 ? t('destinations.nobody') : excluded.join(', ')),
              },
            ]}
          />
          <Schedules schedules={schedules} ways={ways} />
        </Card>
      )}
    </Answered>
  );
}

async function readWays(activations: readonly Activation[]): Promise<{ ways: Way[]; schedules: Schedule[] }> {
  const [audiences, segments, all] = await Promise.all([
    everyItem((cursor) => api.GET('/v1/audiences', { params: { query: pageFrom(cursor) } })),
    everyItem((cursor) => api.GET('/v1/segments', { params: { query: pageFrom(cursor) } })),
    everyItem((cursor) => api.GET('/v1/schedules', { params: { query: pageFrom(cursor) } })),
  ]);
  const nameOf = (id: string): string => [...audiences, ...segments].find((one) => one.id === id)?.name ?? id;
  const ways = activations.map((activation) => {
    const { audience_ids = [], segment_ids = [] } = activation.exclude ?? {};
    return {
      activation,
      name: nameOf(activation.audience_id),
      excluded: [...audience_ids, ...segment_ids].map(nameOf),
    };
  });
  return { ways, schedules: all.filter(({ activation_id }) => activations.some(({ id }) => id === activation_id)) };
}

function Schedules({ schedules, ways }: { schedules: readonly Schedule[]; ways: readonly Way[] }) {
  if (schedules.length === 0) return <p class="muted">{t('destinations.noSchedule')}</p>;
  const audienceOf = ({ activation_id }: Schedule) =>
    ways.find(({ activation }) => activation.id === activation_id)?.name ?? '';
  return (
    <Table
      caption={t('destinations.schedules')}
      isCaptionShown
      rows={schedules}
      rowKey={({ id }) => id}
      columns={[
        { key: 'audience', title: t('destinations.audience'), isHead: true, cell: audienceOf },
        { key: 'rule', title: t('destinations.rule'), cell: ({ rule, time_zone }) => `${rule} (${time_zone})` },
        { key: 'mode', title: t('audiences.mode'), cell: ({ mode }) => t(`audiences.mode-${mode}`) },
        { key: 'next', title: t('destinations.nextRun'), cell: nextText },
        {
          key: 'last',
          title: t('destinations.lastRun'),
          cell: ({ last_run_at, last_delivery_id }) =>
            last_run_at === null || last_delivery_id === null ? (
              t('destinations.neverRun')
            ) : (
              <Link to={`/deliveries/${last_delivery_id}`}>{formatInstant(last_run_at)}</Link>
            ),
        },
      ]}
    />
  );
}

function nextText({ next_run_at, paused_because, denied_because, due_since }: Schedule): string {
  if (next_run_at === null) return t('destinations.paused', { why: reasonText(paused_because ?? '') });
  if (denied_because === null || due_since === null) return formatInstant(next_run_at);
  return t('destinations.dueSince', { date: formatInstant(due_since), why: reasonText(denied_because) });
}

const reasonText = (code: string): string =>
  findMessage(`destinations.why-${code}`) ?? findMessage(`reasons.${code}`) ?? code.replaceAll('_', ' ');
