// `ecluse audit export`: the log as NDJSON on standard output, on the operator's own machine: every tenant's events, or one's.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readFrontier } from '../audit-log/audit-log-store.ts';
import { linesOf } from '../audit-log/event-body.ts';
import { type EventFilter, eachEvent } from '../audit-log/event-search.ts';
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';

export interface ExportFlags {
  readonly tenant?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly event?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function auditExport(config: Config, flags: ExportFlags): Promise<void> {
  return asService(() => exportEvents(config, flags));
}

async function exportEvents(config: Config, flags: ExportFlags): Promise<void> {
  const filter = filterOf(flags);
  const ground = await openGround(config, 'worker');
  try {
    const { size } = await readFrontier(ground.db.knex);
    await recordEvent(ground.db, {
      tenantId: flags.tenant ?? null,
      actor: { kind: 'operator', id: 'command-line' },
      event: 'audit-log.exported',
      outcome: 'succeeded',
      subject: { kind: 'audit-log', id: 'log' },
      detail: {
        size,
        narrowedBy: Object.keys(flags)
          .filter((name) => flags[name as keyof ExportFlags])
          .toSorted(),
      },
    });
    const lines = linesOf(eachEvent(ground.db.knex, { ...filter, endIndex: size }));
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } finally {
    await closeGround(ground);
  }
}

function filterOf({ tenant, actor, subject, event, outcome, since, until }: ExportFlags): EventFilter {
  const narrowed = { tenantId: tenant, actorId: actor, subjectId: subject, event, outcome };
  return { ...narrowed, since: instantOf('since', since), until: instantOf('until', until) };
}

function instantOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (Number.isNaN(Date.parse(text)))
    throw new Error(`--${name} is no time: such as 2026-07-01 or 2026-07-01T08:00:00Z`);
  return new Date(text).toISOString();
}
