// `audit search` and `audit export`: the own tenant's audit events, as lines for reading or as NDJSON for keeping.
import type { paths } from '../../openapi/generated/api.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { openAtomicFile, streamOutput } from '../hashing/atomic-file.ts';
import { EXPORT_TIMEOUT_MS } from '../limits.ts';
import { grouped } from '../progress.ts';
import { apiKeyOf, type ServiceFlags, serviceUrlOf } from '../service-access.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { openService, refusalOf } from '../upload/service-client.ts';

export interface AuditFilterOptions extends ServiceFlags {
  readonly since?: string;
  readonly until?: string;
  readonly event?: string;
  readonly subject?: string;
  readonly actor?: string;
  readonly outcome?: string;
}

type Query = NonNullable<paths['/v1/audit/events']['get']['parameters']['query']>;

export async function auditSearchCommand(
  options: AuditFilterOptions & { readonly limit?: number; readonly cursor?: string },
  terminal: Terminal,
): Promise<CommandResult> {
  const service = openService(await accessOf(options, terminal));
  const { limit, cursor } = options;
  const query = { ...queryOf(options), ...(limit === undefined ? {} : { limit }), ...(cursor && { cursor }) };
  const { data, error, response } = await service.GET('/v1/audit/events', { params: { query } });
  if (data === undefined) throw refusalOf(response.status, error);
  const lines = data.items.map(
    ({ index, instant, event, outcome, actor, subject }) =>
      `${instant}  ${String(index).padStart(8)}  ${outcome.padEnd(9)}  ${event}  ${subject.id}  by ${actor.id}`,
  );
  const more = data.next_cursor === null ? [] : [`more: --cursor ${data.next_cursor}`];
  return { result: data, text: [...lines, ...more].join('\n') || 'no such events', exitCode: EXIT.ok };
}

export async function auditExportCommand(
  options: AuditFilterOptions & { readonly output: string },
  terminal: Terminal,
): Promise<CommandResult> {
  const toStdout = options.output === '-';
  if (toStdout && options.json) throw new CommandError('usage', '--json needs --output <file>: the lines are data too');
  const service = openService({ ...(await accessOf(options, terminal)), timeoutMs: EXPORT_TIMEOUT_MS });
  const params = { query: queryOf(options) };
  const { data, error, response } = await service.GET('/v1/audit/export', { params, parseAs: 'stream' });
  if (!response.ok || !data) throw refusalOf(response.status, error);
  const output = toStdout ? streamOutput(terminal.stdout) : await openAtomicFile(options.output);
  try {
    const events = await copyLines(data, (bytes) => output.write(bytes));
    await output.commit();
    const text = toStdout ? '' : `${options.output}: ${grouped(events)} events`;
    return { result: { file: options.output, events }, text, exitCode: EXIT.ok };
  } catch (cause) {
    await output.discard();
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('network', 'the export broke off', { cause, hint: 'try again; nothing was kept' });
  }
}

/** Answers the number of lines. A text that does not end in one was cut on its way. */
async function copyLines(
  stream: ReadableStream<Uint8Array>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  let [lines, last] = [0, 0x0a];
  for await (const bytes of stream) {
    for (const byte of bytes) if (byte === 0x0a) lines += 1;
    last = bytes.at(-1) ?? last;
    await write(bytes);
  }
  if (last !== 0x0a) throw new CommandError('network', 'the export broke off', { hint: 'try again; nothing was kept' });
  return lines;
}

async function accessOf(options: ServiceFlags, terminal: Terminal) {
  const serviceUrl = serviceUrlOf(options, terminal);
  return { serviceUrl, apiKey: await apiKeyOf(options, terminal), signal: terminal.signal };
}

function queryOf(options: AuditFilterOptions): Query {
  const { since, until, event, subject, actor, outcome } = options;
  const asked = {
    since: instantOf(since),
    until: instantOf(until),
    event,
    subject_id: subject,
    actor_id: actor,
    outcome,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Query;
}

/** A day stands for its first moment, UTC. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const epochMs = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs))
    throw new CommandError('usage', 'a time is not one', { hint: 'such as 2026-07-01 or 2026-07-01T08:00:00Z' });
  return new Date(epochMs).toISOString();
}
