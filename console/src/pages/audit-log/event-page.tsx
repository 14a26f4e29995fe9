// One event: what was recorded, by whom, under which policies, and its proof.
import type { AuditEvent, LogKey } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Answered, Reasons } from '../../design/states.tsx';
import { formatInstant, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { keysOf, readLogKey } from './log-source.ts';
import { Actor, OutcomeBadge, Subject } from './marks.tsx';
import { Verification } from './verification.tsx';

interface Proven {
  readonly event: AuditEvent;
  readonly receipt: string;
  readonly key: LogKey;
}

async function readProven(eventId: string): Promise<Proven> {
  const path = { event_id: eventId };
  const [event, receipt, key] = await Promise.all([
    answered(api.GET('/v1/audit/events/{event_id}', { params: { path } })),
    answered(api.GET('/v1/receipts/{event_id}', { params: { path }, parseAs: 'text' })),
    readLogKey(),
  ]);
  return { event, receipt, key };
}

export function EventPage({ params }: { params: Params }) {
  const eventId = params.eventId!;
  const proven = useResource(() => readProven(eventId), [eventId]);
  return (
    <div class="page">
      <Answered of={proven}>
        {({ event, receipt, key }) => (
          <>
            <PageHead title={event.event} up={{ to: '/audit-log', label: t('auditLog.title') }} />
            <EventFacts event={event} />
            <Verification
              receipt={receipt}
              leaf={event.leaf}
              verifierKeys={keysOf(key)}
              witnessPolicy={key.witness_policy}
              name={event.id}
            />
          </>
        )}
      </Answered>
    </div>
  );
}

function EventFacts({ event }: { event: AuditEvent }) {
  const { decision, detail, subject } = event;
  return (
    <Card>
      <Facts
        items={[
          { name: t('auditLog.instant'), value: formatInstant(event.instant) },
          { name: t('auditLog.outcome'), value: <OutcomeBadge outcome={event.outcome} /> },
          {
            name: t('auditLog.about'),
            value: <Subject subject={subject} />,
          },
          { name: t('auditLog.by'), value: <Actor actor={event.actor} /> },
          { name: t('auditLog.place'), value: formatNumber(event.index) },
        ]}
      />
      {decision !== null && (
        <div class="stack">
          <Reasons reasons={decision.reasons} policies={decision.policies} />
          <p class="small">
            <Link to={`/policies/sets/${decision.policy_set_hash}`}>{t('auditLog.policySet')}</Link>{' '}
            <code>{decision.policy_set_hash.slice(0, 12)}</code>
          </p>
        </div>
      )}
      <details>
        <summary>{t('auditLog.detail')}</summary>
        {Object.keys(detail).length === 0 ? (
          <p class="muted">{t('auditLog.noDetail')}</p>
        ) : (
          <pre tabIndex={0}>{JSON.stringify(detail, null, 2)}</pre>
        )}
      </details>
      <details>
        <summary>{t('auditLog.bytes')}</summary>
        <pre class="wraps" tabIndex={0}>
          {event.leaf}
        </pre>
      </details>
    </Card>
  );
}
