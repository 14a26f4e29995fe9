// One destination: how its last test went, which audience it fills, what waits for a person, what runs by itself, whom it leaves out, how
// fast it is told, and what became of the last deliveries.
import type { Activation, Delivery, Destination, DestinationKind } from '../../../../openapi/generated/api.ts';
import { pageFrom } from '../../api/chamber.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { jobDone } from '../../api/job.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { DeliveryBadge } from '../audiences/audience-words.tsx';
import { Ways } from './destination-ways.tsx';
import { HeldDelivery } from './held-delivery.tsx';
import { LastTest } from './last-test.tsx';
import { PlatformAudience } from './platform-audience.tsx';

const LAST_DELIVERIES = 10;

export function DestinationPage({ params }: { params: Params }) {
  const id = params.destinationId!;
  const path = { destination_id: id };
  const read = useResource(async () => {
    const [destination, kinds] = await Promise.all([
      answered(api.GET('/v1/destinations/{destination_id}', { params: { path } })),
      answered(api.GET('/v1/destination-kinds')),
    ]);
    return { destination, kind: kinds.items.find(({ kind }) => kind === destination.kind) };
  }, [id]);
  return (
    <div class="page">
      <Answered of={read}>{(value) => <Shown {...value} onChange={read.reload} />}</Answered>
    </div>
  );
}

interface ShownProps {
  destination: Destination;
  kind: DestinationKind | undefined;
  onChange: () => void;
}

function Shown({ destination, kind, onChange }: ShownProps) {
  const isAdmin = hasAnyRole(['admin']);
  const testing = useDeed(async () => {
    const params = { path: { destination_id: destination.id } };
    const { job_id } = await answered(api.POST('/v1/destinations/{destination_id}/test', { params }));
    await jobDone(job_id).finally(onChange);
  });
  return (
    <>
      <PageHead
        title={destination.name}
        up={{ to: '/destinations', label: t('destinations.title') }}
        actions={
          isAdmin && (
            <Button busy={testing.busy} onPress={testing.run}>
              {t('destinations.testCredentials')}
            </Button>
          )
        }
      />
      {testing.problem !== undefined && <Refusal problem={testing.problem} />}
      <About destination={destination} kind={kind} />
      {isAdmin && kind?.audience_setting != null && (
        <PlatformAudience destinationId={destination.id} onChosen={onChange} />
      )}
      {hasAnyRole(['admin', 'analyst', 'compliance-officer']) && <Traffic destination={destination} />}
    </>
  );
}

function About({ destination, kind }: Omit<ShownProps, 'onChange'>) {
  const cap = useResource(
    async () =>
      hasAnyRole(['data-engineer', 'compliance-officer']) ? answered(api.GET('/v1/contact-cap')) : undefined,
    [destination.id],
  );
  const bound = cap.state === 'ready' ? cap.value : undefined;
  const pause = Number(kind?.limits.min_interval_ms ?? 0);
  return (
    <Card>
      <Facts
        items={[
          { name: t('destinations.kind'), value: kind?.title ?? destination.kind },
          { name: t('destinations.region'), value: destination.region },
          {
            name: t('destinations.tested'),
            value: <LastTest destination={destination} />,
          },
          {
            name: t('destinations.pace'),
            value: pause === 0 ? t('destinations.paceFree') : t('destinations.paceText', { seconds: pause / 1000 }),
          },
          ...(bound === undefined ? [] : [{ name: t('destinations.cap'), value: capText(bound) }]),
          ...Object.entries(destination.settings).map(([name, value]) => ({
            name: kind?.settings.find((field) => field.name === name)?.title ?? name,
            value: typeof value === 'object' ? JSON.stringify(value) : String(value),
          })),
        ]}
      />
      {kind !== undefined && <p class="muted">{kind.removal}</p>}
    </Card>
  );
}

function capText({ audiences, window_days }: { audiences: number | null; window_days: number }): string {
  return audiences === null ? t('destinations.capNone') : t('destinations.capText', { audiences, days: window_days });
}

interface Seen {
  readonly activations: readonly Activation[];
  readonly deliveries: readonly Delivery[];
}

function Traffic({ destination }: { destination: Destination }) {
  const seen = useResource(() => readTraffic(destination.id), [destination.id]);
  return (
    <Answered of={seen}>
      {({ activations, deliveries }) => (
        <>
          {deliveries.map((one) => (
            <HeldDelivery key={one.id} delivery={one} onDecided={seen.reload} />
          ))}
          <Ways activations={activations} />
          <LastDeliveries deliveries={deliveries} />
        </>
      )}
    </Answered>
  );
}

/** Ids sort by their time. */
async function readTraffic(destinationId: string): Promise<Seen> {
  const all = await everyItem((cursor) => api.GET('/v1/activations', { params: { query: pageFrom(cursor) } }));
  const activations = all.filter(({ destination_id }) => destination_id === destinationId);
  const last = activations
    .flatMap(({ deliveries }) => deliveries)
    .sort()
    .reverse()
    .slice(0, LAST_DELIVERIES);
  const read = (delivery_id: string) =>
    answered(api.GET('/v1/deliveries/{delivery_id}', { params: { path: { delivery_id } } }));
  return { activations, deliveries: await Promise.all(last.map(read)) };
}

function LastDeliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0) return <Empty title={t('destinations.noDelivery')} />;
  const rejected = ({ report }: Delivery) =>
    Object.values(report?.rejected_by_platform ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <Card title={t('destinations.lastDeliveries')}>
      <Table
        caption={t('destinations.lastDeliveries')}
        rows={deliveries}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'at',
            title: t('audiences.at'),
            isHead: true,
            cell: ({ id, created_at }) => <Link to={`/deliveries/${id}`}>{formatInstant(created_at)}</Link>,
          },
          { key: 'status', title: t('audiences.status'), cell: ({ status }) => <DeliveryBadge status={status} /> },
          {
            key: 'added',
            title: t('audiences.added'),
            isNumber: true,
            cell: ({ report }) => (report === null ? '' : formatNumber(report.sent.added)),
          },
          {
            key: 'removed',
            title: t('audiences.removed'),
            isNumber: true,
            cell: ({ report }) => (report === null ? '' : formatNumber(report.sent.removed)),
          },
          {
            key: 'rejected',
            title: t('audiences.rejected'),
            isNumber: true,
            cell: (one) => (one.report === null ? '' : formatNumber(rejected(one))),
          },
        ]}
      />
    </Card>
  );
}
