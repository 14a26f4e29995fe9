// The destinations that are configured, with how their last test went, and the kinds that there are.
import type { Destination } from '../../../../openapi/generated/api.ts';
import { pageFrom } from '../../api/chamber.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { jobDone } from '../../api/job.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { LastTest } from './last-test.tsx';

export function DestinationsPage() {
  const destinations = useResource(
    () => everyItem((cursor) => api.GET('/v1/destinations', { params: { query: pageFrom(cursor) } })),
    [],
  );
  return (
    <div class="page">
      <PageHead
        title={t('destinations.title')}
        lead={t('destinations.lead')}
        actions={
          hasAnyRole(['admin']) && (
            <Button look="primary" to="/destinations/new">
              {t('destinations.new')}
            </Button>
          )
        }
      />
      <Answered of={destinations}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('destinations.empty')}>{t('destinations.emptyText')}</Empty>
          ) : (
            <Table
              caption={t('destinations.title')}
              rows={items}
              rowKey={({ id }) => id}
              columns={columns(destinations.reload)}
            />
          )
        }
      </Answered>
      <Kinds />
    </div>
  );
}

function columns(onTested: () => void): Column<Destination>[] {
  const shown: Column<Destination>[] = [
    {
      key: 'name',
      title: t('destinations.name'),
      isHead: true,
      cell: ({ id, name }) => <Link to={`/destinations/${id}`}>{name}</Link>,
    },
    { key: 'kind', title: t('destinations.kind'), cell: ({ kind }) => kind },
    { key: 'region', title: t('destinations.region'), cell: ({ region }) => region },
    { key: 'tested', title: t('destinations.tested'), cell: (one) => <LastTest destination={one} /> },
  ];
  if (!hasAnyRole(['admin'])) return shown;
  return [
    ...shown,
    { key: 'test', title: t('destinations.try'), cell: (one) => <TestButton destination={one} onTested={onTested} /> },
  ];
}

function TestButton({ destination, onTested }: { destination: Destination; onTested: () => void }) {
  const testing = useDeed(async () => {
    const params = { path: { destination_id: destination.id } };
    const { job_id } = await answered(api.POST('/v1/destinations/{destination_id}/test', { params }));
    // A trial that failed is recorded too, and told beside what it failed for.
    await jobDone(job_id).finally(onTested);
  });
  return (
    <>
      <Button
        size="small"
        busy={testing.busy}
        label={t('destinations.testOf', { name: destination.name })}
        onPress={testing.run}
      >
        {t('destinations.test')}
      </Button>
      {testing.problem !== undefined && <Refusal problem={testing.problem} />}
    </>
  );
}

function Kinds() {
  const kinds = useResource(async () => (await answered(api.GET('/v1/destination-kinds'))).items, []);
  return (
    <Card title={t('destinations.kinds')}>
      <Answered of={kinds}>
        {(items) => (
          <Table
            caption={t('destinations.kinds')}
            rows={items}
            rowKey={({ kind }) => kind}
            columns={[
              { key: 'title', title: t('destinations.name'), isHead: true, cell: ({ title }) => title },
              { key: 'kind', title: t('destinations.kind'), cell: ({ kind }) => <code>{kind}</code> },
              {
                key: 'ids',
                title: t('destinations.accepts'),
                cell: ({ accepted_id_types }) => accepted_id_types.join(', '),
              },
              { key: 'removal', title: t('destinations.removal'), cell: ({ removal }) => removal },
            ]}
          />
        )}
      </Answered>
    </Card>
  );
}
