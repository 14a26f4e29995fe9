// Who invites, and which collaborations still wait for a contribution of one's own.
import type { Collaboration } from '../../../../openapi/generated/api.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { formatList } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { session } from '../../session.ts';

export function InvitationsPage() {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/collaborations', { params: { query: cursor ? { cursor } : {} } })),
    [],
  );
  return (
    <div class="page">
      <PageHead title={t('invitation.title')} lead={t('invitation.lead')} />
      <Answered of={all}>
        {(items) => {
          const open = items.filter(
            (one) => ownStatus(one) !== undefined && one.status !== 'ended' && one.status !== 'draft',
          );
          if (open.length === 0) return <Empty title={t('invitation.none')}>{t('invitation.noneText')}</Empty>;
          return (
            <div class="cards">
              {open
                .toSorted((a, b) => rank(a) - rank(b))
                .map((one) => (
                  <Invited key={one.id} collaboration={one} />
                ))}
            </div>
          );
        }}
      </Answered>
    </div>
  );
}

export function ownStatus({ members }: Collaboration): Collaboration['members'][number]['status'] | undefined {
  return members.find(({ tenant_id }) => tenant_id === session.value?.tenant?.id)?.status;
}

/** Those that wait for an answer come first. */
function rank(collaboration: Collaboration): number {
  return ownStatus(collaboration) === 'invited' ? 0 : 1;
}

function Invited({ collaboration }: { collaboration: Collaboration }) {
  const isOpen = ownStatus(collaboration) === 'invited';
  return (
    <Card>
      <header class="card-head">
        <h2>
          <Link to={`/invitations/${collaboration.id}`}>{collaboration.name}</Link>
        </h2>
        <Badge tone={isOpen ? 'warning' : 'good'}>{t(isOpen ? 'invitation.waits' : 'invitation.accepted')}</Badge>
      </header>
      <p class="muted">
        {t('invitation.with', { names: formatList(collaboration.members.map(({ alias }) => alias)) })}
      </p>
    </Card>
  );
}
