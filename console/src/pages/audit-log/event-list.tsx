// The events that fit a question, the newest first: a page at once, older ones on demand, drawn only where they are in sight.
import { useState } from 'preact/hooks';
import type { AuditEvent } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import type { queryOf } from './filters.ts';
import { Actor, OutcomeBadge, Subject } from './marks.tsx';

type Query = ReturnType<typeof queryOf>;
const PAGE = 100;

interface Listed {
  readonly items: readonly AuditEvent[];
  readonly next_cursor: string | null;
}

function readEvents(query: Query, cursor?: string): Promise<Listed> {
  const asked = { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
  return answered(api.GET('/v1/audit/events', { params: { query: asked } }));
}

/** Keyed by its query: another question starts anew. */
export function EventList({ query }: { query: Query }) {
  const first = useResource(() => readEvents(query), []);
  const [older, setOlder] = useState<Listed>();
  const more = useDeed(async (cursor: string) => {
    const page = await readEvents(query, cursor);
    setOlder({ items: [...(older?.items ?? []), ...page.items], next_cursor: page.next_cursor });
  });
  return (
    <Answered of={first}>
      {(newest) => {
        const items = [...newest.items, ...(older?.items ?? [])];
        const cursor = (older ?? newest).next_cursor;
        if (items.length === 0) return <Empty title={t('auditLog.none')}>{t('auditLog.noneHint')}</Empty>;
        return (
          <div class="stack">
            <div class="row is-apart">
              <p class="muted small" role="status">
                {t('auditLog.shown', { count: items.length })}
                {cursor !== null && `, ${t('auditLog.more')}`}
              </p>
              <a
                class="small"
                href={`/v1/audit/export?${new URLSearchParams(query as Record<string, string>)}`}
                download="events.ndjson"
              >
                {t('auditLog.export')}
              </a>
            </div>
            <Table caption={t('auditLog.title')} columns={columns()} rows={items} rowKey={({ id }) => id} />
            {more.problem !== undefined && <Refusal problem={more.problem} />}
            {cursor !== null && (
              <p>
                <Button busy={more.busy} onPress={() => more.run(cursor)}>
                  {t('auditLog.older')}
                </Button>
              </p>
            )}
          </div>
        );
      }}
    </Answered>
  );
}

function columns(): Column<AuditEvent>[] {
  return [
    {
      key: 'event',
      title: t('auditLog.event'),
      isHead: true,
      cell: ({ id, event }) => <Link to={`/audit-log/events/${id}`}>{event}</Link>,
    },
    { key: 'outcome', title: t('auditLog.outcome'), cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
    {
      key: 'instant',
      title: t('auditLog.instant'),
      cell: ({ instant }) => <span class="unbroken">{formatInstant(instant)}</span>,
    },
    {
      key: 'subject',
      title: t('auditLog.about'),
      cell: ({ subject }) => <Subject subject={subject} />,
    },
    { key: 'actor', title: t('auditLog.by'), cell: ({ actor }) => <Actor actor={actor} /> },
    { key: 'index', title: t('auditLog.number'), isNumber: true, cell: ({ index }) => formatNumber(index) },
  ];
}
