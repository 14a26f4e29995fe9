// One audit event and the leaf it becomes. Upholds: a leaf is canonical, fits a tile entry, and carries nothing unknown.
import { AuditError } from './audit-error.ts';
import { canonicalJson, isCanonicalText, type JsonObject, type JsonValue } from './canonical-json.ts';
import { type AuditEventName, isAuditEventName } from './event-names.ts';
import { MAX_ENTRY_BYTES } from './limits.ts';

export type { JsonObject, JsonValue } from './canonical-json.ts';
export { type AuditEventName, EVENT_NAMES, isAuditEventName } from './event-names.ts';

export const ACTOR_KINDS = ['member', 'operator', 'service', 'worker'] as const;
export const OUTCOMES = ['allowed', 'denied', 'succeeded', 'failed'] as const;

export interface AuditActor {
  readonly kind: (typeof ACTOR_KINDS)[number];
  readonly id: string;
}

export interface AuditSubject {
  readonly kind: string;
  readonly id: string;
}

export interface AuditDecision {
  readonly policies: readonly string[];
  readonly reasons: readonly string[];
  readonly policySetHash: string;
}

export interface AuditEvent {
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds, `2026-07-01T08:00:00.000Z`. */
  readonly instant: string;
  /** null for what concerns the whole service. */
  readonly tenantId: string | null;
  readonly actor: AuditActor;
  readonly event: AuditEventName;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly subject: AuditSubject;
  readonly decision?: AuditDecision;
  /** Counts, ids and codes; never personal data, since a leaf cannot be taken back. */
  readonly detail: JsonObject;
}

/** The bytes that are hashed into the tree: canonical JSON in UTF-8. Throws `event_invalid` or `json_invalid`. */
export function leafOf(event: AuditEvent): Uint8Array {
  assertEvent(event);
  const leaf = new TextEncoder().encode(canonicalJson(event));
  if (leaf.length > MAX_ENTRY_BYTES) throw invalid(`larger than ${MAX_ENTRY_BYTES} bytes`);
  return leaf;
}

/** The event of a leaf. Refuses bytes that `leafOf` would not have written, so that one event has one leaf. */
export function eventOf(leaf: Uint8Array): AuditEvent {
  const text = decodeUtf8(leaf);
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('the leaf is not JSON');
  }
  const event: unknown = parsed;
  assertEvent(event);
  if (!isCanonicalText(text, parsed)) throw invalid('the leaf is not canonical');
  return event;
}

/** Throws `event_invalid` for a missing, unknown or wrongly typed member. */
export function assertEvent(event: unknown): asserts event is AuditEvent {
  assertMembers(event, 'event', EVENT_MEMBERS, ['decision']);
  const { id, instant, tenantId, actor, event: name, outcome, subject, decision, detail } = event;
  if (typeof id !== 'string' || id === '') throw invalid('id');
  if (typeof instant !== 'string' || !isInstant(instant)) throw invalid('instant');
  if (tenantId !== null && typeof tenantId !== 'string') throw invalid('tenantId');
  assertMembers(actor, 'actor', ['kind', 'id']);
  if (!(ACTOR_KINDS as readonly unknown[]).includes(actor.kind) || typeof actor.id !== 'string') throw invalid('actor');
  if (typeof name !== 'string' || !isAuditEventName(name)) throw invalid('event is not a known name');
  if (!(OUTCOMES as readonly unknown[]).includes(outcome)) throw invalid('outcome');
  assertMembers(subject, 'subject', ['kind', 'id']);
  if (typeof subject.kind !== 'string' || typeof subject.id !== 'string') throw invalid('subject');
  if (decision !== undefined) assertDecision(decision);
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) throw invalid('detail');
}

const EVENT_MEMBERS = ['id', 'instant', 'tenantId', 'actor', 'event', 'outcome', 'subject', 'detail'];

function assertDecision(decision: unknown): void {
  assertMembers(decision, 'decision', ['policies', 'reasons', 'policySetHash']);
  if (!isStrings(decision.policies) || !isStrings(decision.reasons)) throw invalid('decision');
  if (typeof decision.policySetHash !== 'string') throw invalid('decision');
}

function assertMembers(
  value: unknown,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} is not an object`);
  for (const key of required) if (!Object.hasOwn(value, key)) throw invalid(`${where} lacks ${key}`);
  for (const key of Object.keys(value))
    if (!required.includes(key) && !optional.includes(key)) throw invalid(`${where} has an unknown member`);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isInstant(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) return false;
  const epochMs = Date.parse(text);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString() === text;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalid('the leaf is not UTF-8');
  }
}

function invalid(what: string): AuditError {
  return new AuditError('event_invalid', `not an audit event: ${what}`);
}
