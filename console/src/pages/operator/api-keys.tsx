// API keys of the organisation's members: issued, shown once, revoked.
import { useState } from 'preact/hooks';
import type { ApiKey, Member } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Badge } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDistance } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { ShownOnce } from './shown-once.tsx';

interface ApiKeysProps {
  members: readonly Member[];
  isAdmin: boolean;
}

export function ApiKeys({ members, isAdmin }: ApiKeysProps) {
  const keys = useResource(
    () => everyItem((cursor) => api.GET('/v1/api-keys', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  const revocation = useDeed(async (id: string) => {
    await answered(api.DELETE('/v1/api-keys/{api_key_id}', { params: { path: { api_key_id: id } } }));
    keys.reload();
  });
  const names = new Map(members.map(({ id, name }) => [id, name]));
  const action: Column<ApiKey> = {
    key: 'actions',
    title: t('operator.actions'),
    cell: ({ id, name, revoked_at }) =>
      revoked_at === null && (
        <Button
          size="small"
          look="danger"
          busy={revocation.busy}
          label={t('operator.revokeKey', { name })}
          onPress={() => revocation.run(id)}
        >
          {t('operator.revoke')}
        </Button>
      ),
  };
  return (
    <Card title={t('operator.apiKeys')}>
      <p class="muted">{t('operator.apiKeysText')}</p>
      {revocation.problem !== undefined && <Refusal problem={revocation.problem} />}
      <Answered of={keys}>
        {(items) => (
          <Table
            caption={t('operator.apiKeys')}
            columns={[...columns(names), ...(isAdmin ? [action] : [])]}
            rows={items}
            rowKey={({ id }) => id}
          />
        )}
      </Answered>
      {isAdmin && <NewKey members={members} onIssued={keys.reload} />}
    </Card>
  );
}

function columns(names: ReadonlyMap<string, string>): Column<ApiKey>[] {
  return [
    { key: 'name', title: t('operator.name'), isHead: true, cell: ({ name }) => name },
    {
      key: 'member',
      title: t('operator.ofMember'),
      cell: ({ member_id }) => (member_id === null ? '–' : (names.get(member_id) ?? member_id)),
    },
    {
      key: 'state',
      title: t('operator.state'),
      cell: ({ revoked_at }) => (
        <Badge tone={revoked_at === null ? 'good' : 'neutral'}>
          {t(revoked_at === null ? 'operator.active' : 'operator.revoked')}
        </Badge>
      ),
    },
    {
      key: 'used',
      title: t('operator.lastUsed'),
      cell: ({ last_used_at }) =>
        last_used_at === null ? t('operator.never') : formatDistance(last_used_at, Date.now()),
    },
  ];
}

function NewKey({ members, onIssued }: { members: readonly Member[]; onIssued: () => void }) {
  const [name, setName] = useState('');
  const [memberId, setMemberId] = useState('');
  const [secret, setSecret] = useState<string>();
  const issuing = useDeed(async () => {
    setSecret((await answered(api.POST('/v1/api-keys', { body: { name, member_id: memberId } }))).secret);
    setName('');
    onIssued();
  });
  return (
    <>
      {secret !== undefined && (
        <ShownOnce title={t('operator.secret')} text={t('operator.secretText')} value={secret} />
      )}
      <Form row onSubmit={issuing.run}>
        <Select
          label={t('operator.ofMember')}
          value={memberId}
          placeholder={t('evidence.choose')}
          choices={members.filter(({ active }) => active).map((member) => ({ value: member.id, label: member.name }))}
          onChoose={setMemberId}
        />
        <TextField label={t('operator.keyName')} value={name} onInput={setName} />
        <Button type="submit" busy={issuing.busy} disabled={name === '' || memberId === ''}>
          {t('operator.issueKey')}
        </Button>
      </Form>
      {issuing.problem !== undefined && <Refusal problem={issuing.problem} />}
    </>
  );
}
