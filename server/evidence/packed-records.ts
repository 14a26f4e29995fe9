// What the events of a pack speak of: each thing as the API shows it, the policies that decided, the consent snapshots of what left.
import type { JsonValue } from '../../audit/canonical-json.ts';
import type { StoredEvent } from '../audit-log/audit-log-store.ts';
import type { Ground } from '../ground.ts';
import { ID_PATTERN } from '../ids.ts';
import { findPolicyVersion, type PolicyVersionText } from './decided-policies.ts';
import { isPacked, type RecordBody, type Records } from './evidence-records.ts';
import type { EvidenceScope } from './evidence-scope.ts';
import { MAX_PACK_RECORDS } from './limits.ts';
import type { PackFiles } from './pack-file.ts';

export interface ConsentSnapshot {
  readonly event: string;
  readonly delivery: string;
  readonly hash: string;
}

export interface PackedRecords {
  readonly records: ReadonlyMap<string, RecordBody>;
  readonly policies: readonly PolicyVersionText[];
  /** Sets that decided and are not kept any more. */
  readonly lostPolicies: readonly string[];
  readonly consentSnapshots: readonly ConsentSnapshot[];
}

export async function addRecords(
  ground: Ground,
  files: PackFiles,
  of: { scope: EvidenceScope; records: Records; events: readonly StoredEvent[]; tenantId: string },
): Promise<PackedRecords> {
  const records = await readRecords(of);
  for (const [id, body] of records) files.set(`records/${id}.json`, pretty(body));
  const { policies, lostPolicies } = await readPolicies(ground, of);
  for (const policy of policies) files.set(`policies/${policy.hash}.json`, pretty(policy));
  const consentSnapshots = snapshotsIn(of.events);
  files.set('consent-snapshots.json', pretty(consentSnapshots));
  return { records, policies, lostPolicies, consentSnapshots };
}

async function readRecords(of: {
  scope: EvidenceScope;
  records: Records;
  events: readonly StoredEvent[];
}): Promise<Map<string, RecordBody>> {
  const ids = new Set(of.scope.ids ?? []);
  for (const { event } of of.events) {
    ids.add(event.subject.id);
    for (const value of Object.values(event.detail)) if (isId(value)) ids.add(value);
  }
  const found = new Map<string, RecordBody>();
  for (const id of [...ids].filter(isPacked).sort()) {
    if (found.size >= MAX_PACK_RECORDS) break;
    const body = await of.records.find(id);
    if (body !== undefined) found.set(id, body);
  }
  return found;
}

async function readPolicies(
  ground: Ground,
  { events, tenantId }: { events: readonly StoredEvent[]; tenantId: string },
) {
  const hashes = new Set(events.flatMap(({ event }) => event.decision?.policySetHash ?? []));
  const policies: PolicyVersionText[] = [];
  const lostPolicies: string[] = [];
  for (const hash of [...hashes].sort()) {
    const found = await findPolicyVersion(ground, { hash, tenantId });
    if (found === undefined) lostPolicies.push(hash);
    else policies.push(found);
  }
  return { policies, lostPolicies };
}

/** The hash of the decided consent classes that each delivery was made on, as its events say. */
function snapshotsIn(events: readonly StoredEvent[]): ConsentSnapshot[] {
  return events.flatMap(({ event }) => {
    const hash = event.detail.consentSnapshotHash;
    return typeof hash === 'string' ? [{ event: event.id, delivery: event.subject.id, hash }] : [];
  });
}

function isId(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
