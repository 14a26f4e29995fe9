// The pages of a pack for a person: what it is about and what left, every event, every record, every policy that decided.
import { EVENT_NAMES } from '../../audit/event.ts';
import { TICKS } from '../../audit/ticks.ts';
import type { StoredEvent } from '../audit-log/audit-log-store.ts';
import type { StoredCheckpoint } from '../audit-log/checkpoint-service.ts';
import type { RecordBody } from './evidence-records.ts';
import type { EvidenceScope } from './evidence-scope.ts';
import { html, type Markup, page, table } from './html.ts';
import type { PackedRecords } from './packed-records.ts';

export interface PageContents {
  readonly scope: EvidenceScope;
  readonly events: readonly StoredEvent[];
  readonly checkpoint: StoredCheckpoint;
  readonly packed: PackedRecords;
}

const TITLES: Readonly<Record<EvidenceScope['kind'], string>> = {
  delivery: 'Evidence of a delivery',
  collaboration: 'Evidence of a collaboration',
  'person-request': "Evidence of a person's request",
  period: 'Evidence of a period',
};

export function pagesOf(contents: PageContents): [path: string, page: string][] {
  return [
    ['index.html', page(TITLES[contents.scope.kind], summary(contents))],
    ['events.html', page('Events', eventTable(contents.events))],
    ['records.html', page('Records', recordList(contents.packed))],
    ['policies.html', page('Policies', policyList(contents.packed))],
  ];
}

function summary({ scope, events, checkpoint, packed }: PageContents): Markup {
  const period = scope.since === undefined ? '' : html` from ${scope.since} and before ${scope.until}`;
  return html`<p><code>${scope.subjectId}</code>${period}. ${events.length} events of this tenant, proven against the signed
checkpoint of ${checkpoint.size} entries. ${cosigners(checkpoint)}</p>
<p>Verify before you rely on it: <code>node verify.mjs pack.zip</code>, or <code>python3 verify.py pack.zip</code>. README.txt says how.</p>
<h2>Deliveries</h2>
${deliveries(packed)}
<h2>Approvals</h2>
${approvals(packed)}
<h2>Removals and requests of persons</h2>
${removals(packed)}
<h2>Decisions</h2>
${decisions(events)}
<h2>Consent snapshots</h2>
<p>The SHA-256 of the consent classes that were decided for a delivery, without any person.</p>
${table(
  ['Delivery', 'Hash', 'Event'],
  packed.consentSnapshots.map(({ delivery, hash, event }) => [delivery, code(hash), event]),
)}
<h2>What this proves, and what it does not</h2>
${table(
  ['', 'proves', 'does not prove'],
  [
    ...[TICKS.signature, TICKS.inclusion, TICKS.event, TICKS.consistency, TICKS.quorum].map((tick, i) => [
      ['signature', 'inclusion', 'event', 'consistency', 'quorum'][i],
      tick.proves,
      tick.doesNotProve,
    ]),
    [
      'manifest',
      'Every file is byte for byte what was packed: the log holds the hash of the manifest.',
      'That the API shows the same today, nor that these are all events of the tenant: those of others lie between them.',
    ],
  ],
)}`;
}

function cosigners({ cosignatures }: StoredCheckpoint): string {
  const names = [...(cosignatures ?? '').matchAll(/^— (\S+) /gm)].map(([, name]) => name);
  return names.length === 0 ? 'No witness cosigned it.' : `Cosigned by ${names.join(', ')}.`;
}

function ofKind({ records }: PackedRecords, prefix: string): RecordBody[] {
  return [...records].filter(([id]) => id.startsWith(`${prefix}_`)).map(([, body]) => body);
}

function deliveries(packed: PackedRecords): Markup {
  const rows = ofKind(packed, 'dlv').map((delivery) => {
    const report = delivery.report as { sent?: object; refused?: object; platform_jobs?: string[] } | null;
    return [
      delivery.id,
      delivery.status,
      counts(report?.sent),
      counts(report?.refused),
      (report?.platform_jobs ?? []).join(', '),
      delivery.finished_at,
    ];
  });
  return table(['Delivery', 'Status', 'Sent', 'Refused by policy', "The platform's jobs", 'Ended'], rows);
}

function approvals(packed: PackedRecords): Markup {
  const rows = ofKind(packed, 'apr').map((approval) => [
    approval.id,
    approval.summary,
    approval.status,
    `${approval.requested_by} / ${approval.decided_by ?? ''}`,
    code(approval.shown_hash),
    approval.decided_at,
  ]);
  return table(['Approval', 'About', 'Outcome', 'Asked by / decided by', 'Hash of what was shown', 'Decided'], rows);
}

function removals(packed: PackedRecords): Markup {
  const rows = [...ofKind(packed, 'del'), ...ofKind(packed, 'rmv')].map((one) => [
    one.id,
    one.status,
    one.destination_kind ?? 'every dataset',
    one.requested_at ?? one.received_at,
    one.due_at,
    one.confirmed_at ?? one.completed_at,
  ]);
  return table(['Request', 'Status', 'Where', 'Asked', 'Due', 'Done'], rows);
}

function decisions(events: readonly StoredEvent[]): Markup {
  const decided = events.filter(({ event }) => event.decision !== undefined);
  const rows = decided.map(({ event }) => [
    event.instant,
    event.event,
    event.outcome,
    event.decision?.reasons.join(', '),
    event.decision?.policies.join(', '),
    code(event.decision?.policySetHash),
  ]);
  return table(['Time', 'Event', 'Outcome', 'Reasons', 'Policies', 'Policy set'], rows);
}

function eventTable(events: readonly StoredEvent[]): Markup {
  const rows = events.map(({ index, event }) => [
    index,
    event.instant,
    html`<code>${event.event}</code> ${EVENT_NAMES[event.event]}`,
    event.outcome,
    event.subject.id,
    event.actor.id,
    html`<code>${JSON.stringify(event.detail)}</code>`,
  ]);
  return html`<p>The lines of events.ndjson are the evidence; this table is for reading.</p>
${table(['Index', 'Time', 'Event', 'Outcome', 'Subject', 'Actor', 'Detail'], rows)}`;
}

function recordList({ records }: PackedRecords): Markup {
  const parts = [...records].map(
    ([id, body]) => html`<h2>${id}</h2>\n<pre>${JSON.stringify(body, undefined, 2)}</pre>\n`,
  );
  return html`<p>As the API showed them when this was packed.</p>\n${parts}`;
}

function policyList({ policies, lostPolicies }: PackedRecords): Markup {
  const sets = policies.map(
    (set) => html`<h2>Policy set ${code(set.hash)}</h2>
${set.policies.map(({ title, reason, text }) => html`<h3>${title}</h3>\n<p>${reason}</p>\n<pre>${text}</pre>\n`)}`,
  );
  const lost = lostPolicies.map(
    (hash) => html`<h2>Policy set ${code(hash)}</h2>\n<p>It decided, and its text is not kept here.</p>\n`,
  );
  return html`${sets}${lost}`;
}

function counts(of: object | undefined): string {
  return Object.entries(of ?? {})
    .map(([name, count]) => `${name} ${typeof count === 'object' ? JSON.stringify(count) : count}`)
    .join(', ');
}

function code(text: unknown): Markup {
  return html`<code>${text}</code>`;
}
