// Match keys of the organisation and of its collaborations: which version each has, and rotating it.
import { useState } from 'preact/hooks';
import type { Collaboration, Job, MatchKeyVersion } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatDistance, formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { JobBadge } from './job-badge.tsx';

interface Keys {
  readonly versions: readonly MatchKeyVersion[];
  readonly collaborations: readonly Collaboration[];
  readonly rotations: readonly Job[];
}

async function readKeys(): Promise<Keys> {
  const [{ items: versions }, collaborations, jobs] = await Promise.all([
    answered(api.GET('/v1/keys')),
    everyItem((cursor) => api.GET('/v1/collaborations', { params: { query: cursor ? { cursor } : {} } })),
    everyItem((cursor) => api.GET('/v1/jobs', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } })),
  ]);
  return { versions, collaborations, rotations: jobs.filter(({ kind }) => /^rotate-.*-key$/.test(kind)) };
}

const AGAIN_MS = 2000;

export function KeysPage() {
  const keys = useResource(readKeys, [], {
    again: ({ rotations }) =>
      rotations.some(({ status }) => status === 'queued' || status === 'running') ? AGAIN_MS : undefined,
  });
  return (
    <div class="page">
      <PageHead title={t('operator.keysTitle')} lead={t('operator.keysLead')} />
      <Answered of={keys}>
        {(read) => (
          <>
            <Versions of={read} onChange={keys.reload} />
            <Card title={t('operator.rotations')}>
              <Rotations of={read.rotations} />
            </Card>
          </>
        )}
      </Answered>
    </div>
  );
}

function Versions({ of, onChange }: { of: Keys; onChange: () => void }) {
  const [chosen, setChosen] = useState<MatchKeyVersion>();
  const rotation = useDeed(async ({ purpose, object_id }: MatchKeyVersion) => {
    const body = purpose === 'collaboration-match' ? { collaboration_id: object_id } : {};
    await answered(api.POST('/v1/keys/rotations', { body }));
    setChosen(undefined);
    onChange();
  });
  const names = new Map(of.collaborations.map(({ id, name }) => [id, name]));
  const nameOf = ({ purpose, object_id }: MatchKeyVersion) =>
    purpose === 'tenant-match' ? t('operator.ownKey') : (names.get(object_id) ?? object_id);
  const columns: Column<MatchKeyVersion>[] = [
    { key: 'of', title: t('operator.keyOf'), isHead: true, cell: nameOf },
    { key: 'version', title: t('operator.version'), isNumber: true, cell: ({ version }) => version },
    { key: 'since', title: t('operator.since'), cell: ({ created_at }) => formatInstant(created_at) },
  ];
  const action: Column<MatchKeyVersion> = {
    key: 'actions',
    title: t('operator.actions'),
    cell: (key) => (
      <Button size="small" label={t('operator.rotateKeyOf', { name: nameOf(key) })} onPress={() => setChosen(key)}>
        {t('operator.rotate')}
      </Button>
    ),
  };
  return (
    <Card title={t('operator.matchKeys')}>
      <Table
        caption={t('operator.matchKeys')}
        columns={hasAnyRole(['admin']) ? [...columns, action] : columns}
        rows={of.versions}
        rowKey={({ object_id, version }) => `${object_id} ${version}`}
      />
      <Dialog
        title={t('operator.rotateKeyOf', { name: chosen === undefined ? '' : nameOf(chosen) })}
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        actions={
          <Button look="primary" busy={rotation.busy} onPress={() => chosen !== undefined && rotation.run(chosen)}>
            {t('operator.rotate')}
          </Button>
        }
      >
        <p>{t('operator.rotateText')}</p>
        {rotation.problem !== undefined && <Refusal problem={rotation.problem} />}
      </Dialog>
    </Card>
  );
}

function Rotations({ of }: { of: readonly Job[] }) {
  if (of.length === 0) return <Empty title={t('operator.noRotations')}>{t('operator.noRotationsText')}</Empty>;
  return (
    <Table
      caption={t('operator.rotations')}
      rows={of}
      rowKey={({ id }) => id}
      columns={[
        { key: 'kind', title: t('operator.kind'), isHead: true, cell: ({ kind }) => kind },
        { key: 'state', title: t('operator.state'), cell: ({ status }) => <JobBadge state={status} /> },
        { key: 'asked', title: t('operator.asked'), cell: ({ created_at }) => formatDistance(created_at, Date.now()) },
      ]}
    />
  );
}
