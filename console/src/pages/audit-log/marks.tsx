// How outcomes and actors of events are shown wherever an event is.
import type { AuditEvent } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';

const TONES: Readonly<Record<AuditEvent['outcome'], Tone>> = {
  allowed: 'good',
  succeeded: 'neutral',
  denied: 'warning',
  failed: 'danger',
};

export function OutcomeBadge({ outcome }: { outcome: AuditEvent['outcome'] }) {
  return <Badge tone={TONES[outcome]}>{t(`auditLog.outcome-${outcome}`)}</Badge>;
}

export function Actor({ actor }: { actor: AuditEvent['actor'] }) {
  const kind = findMessage(`auditLog.actor-${actor.kind}`) ?? actor.kind;
  return <Link to={`/audit-log?actor=${encodeURIComponent(actor.id)}`}>{`${kind} ${actor.id}`}</Link>;
}
