// `ecluse schedules …`: when an activation is delivered by itself, asked of a running service.
import type { Schedule } from '../../openapi/generated/api.ts';
import { ask, type ServiceFlags, serviceOf } from './service-client.ts';

export interface Given {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
}

export interface PrintFlags extends ServiceFlags {
  readonly json: boolean;
}

export interface AddScheduleFlags extends PrintFlags {
  readonly rule?: string | undefined;
  readonly every?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly startsAt?: string | undefined;
  readonly mode?: string | undefined;
}

const UNITS: Readonly<Record<string, string>> = { m: 'MINUTELY', h: 'HOURLY', d: 'DAILY', w: 'WEEKLY' };

export async function addSchedule(activationId: string, flags: AddScheduleFlags, given: Given): Promise<void> {
  const { timeZone: time_zone, startsAt: starts_at, mode } = flags;
  const named = Object.entries({ rule: ruleOf(flags), time_zone, starts_at, mode });
  const body = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  const path = `/v1/activations/${activationId}/schedules`;
  print([await ask<Schedule>(serviceOf(flags, given.env), 'POST', path, body)], flags, given);
}

export async function listSchedules(flags: PrintFlags & { activation?: string }, given: Given): Promise<void> {
  const service = serviceOf(flags, given.env);
  const of = flags.activation === undefined ? '' : `&activation_id=${flags.activation}`;
  const found: Schedule[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/schedules?limit=100${of}${from}`;
    const page = await ask<{ items: Schedule[]; next_cursor: string | null }>(service, 'GET', path);
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  print(found, flags, given);
}

export async function changeSchedule(
  what: 'pause' | 'resume',
  id: string,
  { flags, given }: { flags: PrintFlags; given: Given },
): Promise<void> {
  print([await ask<Schedule>(serviceOf(flags, given.env), 'POST', `/v1/schedules/${id}/${what}`)], flags, given);
}

export async function removeSchedule(id: string, flags: PrintFlags, given: Given): Promise<void> {
  await ask(serviceOf(flags, given.env), 'DELETE', `/v1/schedules/${id}`);
  given.write(flags.json ? `${JSON.stringify({ removed: id })}\n` : `${id} is removed\n`);
}

/** `--every 6h` is a rule in short. */
function ruleOf({ rule, every }: AddScheduleFlags): string {
  if ((rule === undefined) === (every === undefined)) throw new Error('give either --rule or --every');
  if (rule !== undefined) return rule;
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(every ?? '') ?? [];
  if (count === undefined) throw new Error('--every takes a number and m, h, d or w, such as 6h');
  return `FREQ=${UNITS[unit]};INTERVAL=${count}`;
}

function print(found: readonly Schedule[], flags: PrintFlags, given: Given): void {
  const lines = found.length === 0 ? 'no schedules\n' : found.map((schedule) => `${lineOf(schedule)}\n`).join('');
  given.write(flags.json ? `${JSON.stringify(found)}\n` : lines);
}

function lineOf(schedule: Schedule): string {
  const { id, activation_id, mode, rule, time_zone, next_run_at, paused_because, denied_because, due_since } = schedule;
  const due = denied_because === null ? '' : ` denied: ${denied_because.replaceAll('_', ' ')}, due since ${due_since};`;
  const next = next_run_at === null ? `paused: ${paused_because?.replaceAll('_', ' ')}` : `next run ${next_run_at}`;
  return `${id}  ${activation_id}  ${mode}  ${rule} (${time_zone}) ${due} ${next}`;
}
