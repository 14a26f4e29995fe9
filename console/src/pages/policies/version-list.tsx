// Versions of the policies: of the whole service, and of what the own organisation added. The newest first.
import type { PolicyVersion } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { Segmented } from '../../design/select.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, place, setQuery } from '../../router.tsx';
import { session } from '../../session.ts';

export function VersionList() {
  const asked = place.value.query.get('of');
  const hasTenant = session.value?.tenant != null;
  const of = hasTenant && asked !== 'service' ? 'tenant' : 'service';
  const versions = useResource(
    () =>
      everyItem((cursor) =>
        api.GET('/v1/policy-versions', { params: { query: { of, ...(cursor ? { cursor } : {}) } } }),
      ),
    [of],
  );
  return (
    <div class="stack">
      {hasTenant && (
        <p>
          <Segmented
            label={t('policies.whose')}
            value={of}
            choices={[
              { value: 'tenant', label: t('policies.of-tenant') },
              { value: 'service', label: t('policies.of-service') },
            ]}
            onChoose={(chosen) => setQuery({ of: chosen })}
          />
        </p>
      )}
      <Answered of={versions}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('policies.noVersions')}>{t(`policies.noVersions-${of}`)}</Empty>
          ) : (
            <Table caption={t('policies.history')} columns={columns()} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answered>
    </div>
  );
}

const TONES: Readonly<Record<PolicyVersion['status'], Tone>> = {
  proposed: 'info',
  in_force: 'good',
  superseded: 'neutral',
  refused: 'danger',
  withdrawn: 'neutral',
  expired: 'warning',
};

export function VersionBadge({ status }: { status: PolicyVersion['status'] }) {
  return <Badge tone={TONES[status]}>{t(`policies.status-${status}`)}</Badge>;
}

function columns(): Column<PolicyVersion>[] {
  return [
    {
      key: 'number',
      title: t('policies.version'),
      isHead: true,
      cell: ({ id, number }) => <Link to={`/policies/versions/${id}`}>{t('policies.versionNumber', { number })}</Link>,
    },
    { key: 'status', title: t('policies.status'), cell: ({ status }) => <VersionBadge status={status} /> },
    { key: 'comment', title: t('policies.comment'), cell: ({ comment }) => comment },
    { key: 'created', title: t('policies.proposedAt'), cell: ({ created_at }) => formatInstant(created_at) },
    {
      key: 'in-force',
      title: t('policies.inForceSince'),
      cell: ({ in_force_at }) => (in_force_at === null ? '–' : formatInstant(in_force_at)),
    },
  ];
}
