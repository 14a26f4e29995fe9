// The organisations of the service, and its operators: opening one gives its first administrator a one-time link.
import { useState } from 'preact/hooks';
import { answered, api, everyItem } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatDay } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { ShownOnce } from './shown-once.tsx';

export function TenantsPage() {
  const tenants = useResource(
    () => everyItem((cursor) => api.GET('/v1/tenants', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <div class="page">
      <PageHead title={t('operator.tenantsTitle')} lead={t('operator.tenantsLead')} />
      <Card title={t('operator.tenants')}>
        <Answered of={tenants}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={t('operator.noTenants')}>{t('operator.noTenantsText')}</Empty>
            ) : (
              <Table
                caption={t('operator.tenants')}
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  { key: 'name', title: t('operator.name'), isHead: true, cell: ({ name }) => name },
                  { key: 'region', title: t('operator.region'), cell: ({ region }) => region },
                  { key: 'since', title: t('operator.since'), cell: ({ created_at }) => formatDay(created_at) },
                  { key: 'id', title: t('operator.id'), cell: ({ id }) => <code>{id}</code> },
                ]}
              />
            )
          }
        </Answered>
      </Card>
      <div class="columns">
        <NewTenant onOpened={tenants.reload} />
        <NewOperator />
      </div>
    </div>
  );
}

function NewTenant({ onOpened }: { onOpened: () => void }) {
  const [name, setName] = useState('');
  const [adminName, setAdminName] = useState('');
  const [region, setRegion] = useState('eu');
  const [link, setLink] = useState<string>();
  const opening = useDeed(async () => {
    const body = { name, admin_name: adminName, region };
    const { welcome } = await answered(api.POST('/v1/tenants', { body }));
    setLink(welcome.url);
    for (const empty of [setName, setAdminName]) empty('');
    onOpened();
  });
  return (
    <Card title={t('operator.openTenant')}>
      {link !== undefined && <ShownOnce title={t('operator.link')} text={t('operator.linkForAdmin')} value={link} />}
      <Form onSubmit={opening.run}>
        <TextField label={t('operator.tenantName')} value={name} onInput={setName} required />
        <TextField label={t('operator.adminName')} value={adminName} onInput={setAdminName} required />
        <TextField
          label={t('operator.region')}
          hint={t('operator.regionHint')}
          value={region}
          onInput={setRegion}
          required
        />
        {opening.problem !== undefined && <Refusal problem={opening.problem} />}
        <p>
          <Button type="submit" look="primary" busy={opening.busy} disabled={name === '' || adminName === ''}>
            {t('operator.openTenant')}
          </Button>
        </p>
      </Form>
    </Card>
  );
}

function NewOperator() {
  const [name, setName] = useState('');
  const [link, setLink] = useState<string>();
  const adding = useDeed(async () => {
    const { welcome } = await answered(api.POST('/v1/operators', { body: { name } }));
    setLink(welcome.url);
    setName('');
  });
  return (
    <Card title={t('operator.addOperator')}>
      <p class="muted">{t('operator.addOperatorText')}</p>
      {link !== undefined && <ShownOnce title={t('operator.link')} text={t('operator.linkForMember')} value={link} />}
      <Form onSubmit={adding.run}>
        <TextField label={t('operator.name')} value={name} onInput={setName} required />
        {adding.problem !== undefined && <Refusal problem={adding.problem} />}
        <p>
          <Button type="submit" look="primary" busy={adding.busy} disabled={name === ''}>
            {t('operator.addOperator')}
          </Button>
        </p>
      </Form>
    </Card>
  );
}
