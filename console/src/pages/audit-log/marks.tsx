// How outcomes, actors and subjects of events are shown wherever an event is.
import type { AuditEvent } from '../../../../openapi/generated/api.ts';
import { MemberName } from '../../api/member-name.tsx';
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

/** A person of the own organisation by name; whatever else by its kind. */
export function Actor({ actor }: { actor: AuditEvent['actor'] }) {
  const kind = findMessage(`auditLog.actor-${actor.kind}`) ?? actor.kind;
  return (
    <Link to={`/audit-log?actor=${encodeURIComponent(actor.id)}`}>
      {actor.kind === 'member' ? <MemberName id={actor.id} /> : kind}
    </Link>
  );
}

/** What an event is about; the end of an id is what tells two apart, and the whole stands behind it. */
export function Subject({ subject: { kind, id } }: { subject: AuditEvent['subject'] }) {
  return (
    <Link to={`/audit-log?subject=${encodeURIComponent(id)}`}>
      <span title={id}>{`${kind.replaceAll('-', ' ')} ${id.length > 20 ? `…${id.slice(-6)}` : id}`}</span>
    </Link>
  );
}
