// The people of one's own organisation: who they are here, adding them, a new one-time link, and letting them go.
import { useState } from 'preact/hooks';
import type { Member } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDay } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole, session } from '../../session.ts';
import { ApiKeys } from './api-keys.tsx';
import { NewMember } from './new-member.tsx';
import { ShownOnce } from './shown-once.tsx';

export function MembersPage() {
  const members = useResource(
    () => everyItem((cursor) => api.GET('/v1/members', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  const isAdmin = hasAnyRole(['admin']);
  return (
    <div class="page">
      <PageHead title={t('operator.membersTitle')} lead={t('operator.membersLead')} />
      <Answered of={members}>
        {(items) => (
          <>
            <Card title={t('operator.members')}>
              <Listed items={items} isAdmin={isAdmin} onChange={members.reload} />
            </Card>
            {isAdmin && <NewMember onAdded={members.reload} />}
            <ApiKeys members={items} isAdmin={isAdmin} />
          </>
        )}
      </Answered>
    </div>
  );
}

interface ListedProps {
  items: readonly Member[];
  isAdmin: boolean;
  onChange: () => void;
}

function Listed({ items, isAdmin, onChange }: ListedProps) {
  const [leaving, setLeaving] = useState<Member>();
  const [link, setLink] = useState<string>();
  const linking = useDeed(async (id: string) => {
    const path = { member_id: id };
    setLink((await answered(api.POST('/v1/members/{member_id}/welcome-link', { params: { path } }))).url);
  });
  const letting = useDeed(async (id: string) => {
    await answered(api.DELETE('/v1/members/{member_id}', { params: { path: { member_id: id } } }));
    setLeaving(undefined);
    onChange();
  });
  const actions = isAdmin ? [actionColumn({ onLink: linking.run, onLeave: setLeaving, busy: linking.busy })] : [];
  return (
    <>
      {link !== undefined && <ShownOnce title={t('operator.link')} text={t('operator.linkForMember')} value={link} />}
      {linking.problem !== undefined && <Refusal problem={linking.problem} />}
      <Table
        caption={t('operator.members')}
        columns={[...columns(), ...actions]}
        rows={items}
        rowKey={({ id }) => id}
      />
      <Dialog
        title={t('operator.letGo', { name: leaving?.name ?? '' })}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        actions={
          <Button look="danger" busy={letting.busy} onPress={() => leaving !== undefined && letting.run(leaving.id)}>
            {t('operator.deactivate')}
          </Button>
        }
      >
        <p>{t('operator.letGoText')}</p>
        {letting.problem !== undefined && <Refusal problem={letting.problem} />}
      </Dialog>
    </>
  );
}

function columns(): Column<Member>[] {
  return [
    {
      key: 'name',
      title: t('operator.name'),
      isHead: true,
      cell: ({ id, name }) => (id === session.value?.member.id ? t('parts.you', { name }) : name),
    },
    {
      key: 'roles',
      title: t('account.roles'),
      cell: ({ roles }) => (
        <span class="row">
          {roles.map((role) => (
            <Badge key={role}>{t(`words.role-${role}`)}</Badge>
          ))}
        </span>
      ),
    },
    {
      key: 'active',
      title: t('operator.state'),
      cell: ({ active }) => (
        <Badge tone={active ? 'good' : 'neutral'}>{t(active ? 'operator.active' : 'operator.inactive')}</Badge>
      ),
    },
    { key: 'since', title: t('operator.since'), cell: ({ created_at }) => formatDay(created_at) },
  ];
}

function actionColumn(of: {
  onLink: (id: string) => void;
  onLeave: (member: Member) => void;
  busy: boolean;
}): Column<Member> {
  return {
    key: 'actions',
    title: t('operator.actions'),
    cell: (member) =>
      member.active && (
        <span class="row">
          <Button
            size="small"
            busy={of.busy}
            label={t('operator.newLinkFor', { name: member.name })}
            onPress={() => of.onLink(member.id)}
          >
            {t('operator.newLink')}
          </Button>
          {member.id !== session.value?.member.id && (
            <Button
              size="small"
              look="danger"
              label={t('operator.letGo', { name: member.name })}
              onPress={() => of.onLeave(member)}
            >
              {t('operator.deactivate')}
            </Button>
          )}
        </span>
      ),
  };
}
