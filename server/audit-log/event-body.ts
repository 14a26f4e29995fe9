// An event as it is shown and exported: its members for reading, and the leaf that alone is evidence.
import type { AuditEvent } from '../../openapi/generated/api.ts';
import type { StoredEvent } from './audit-log-store.ts';

export function eventBody({ index, event, leaf }: StoredEvent): AuditEvent {
  const { id, instant, tenantId, actor, outcome, subject, decision, detail } = event;
  return {
    ...{ id, index, instant, tenant_id: tenantId },
    ...{ actor: { ...actor }, event: event.event, outcome, subject: { ...subject } },
    decision: decision
      ? {
          policies: [...decision.policies],
          reasons: [...decision.reasons],
          policy_set_hash: decision.policySetHash,
        }
      : null,
    detail: { ...detail },
    leaf,
  };
}

/** NDJSON. */
export async function* linesOf(events: AsyncIterable<StoredEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(eventBody(event))}\n`;
}
