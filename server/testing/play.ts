// Plays a scenario as a table: who, does what, gets what, must not see what, leaves which audit events.
import { expect } from 'vitest';
import type { AuditEventName } from '../../audit/event.ts';
import { asService } from '../database/row-scope.ts';
import { ERROR_STATUS, type ErrorCode } from '../errors.ts';
import type { World } from './world.ts';

export interface Step {
  /** `<tenant>.<role>`, `operator` or `nobody`. */
  readonly who: string;
  /** `METHOD /path`; `{name}` stands for the id that goes by this name. */
  readonly does: string;
  readonly sending?: unknown;
  readonly gets: number | ErrorCode;
  readonly showing?: unknown;
  /** Texts, or names of ids, that the answer must not contain. */
  readonly hiding?: readonly string[];
  /** Every audit event that it leaves, in order; none where nothing is said. */
  readonly leaves?: AuditEventName | readonly AuditEventName[];
  /** Keeps the id of what was answered under this name. */
  readonly as?: string;
}

export async function play(world: World, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await playStep(world, step);
}

async function playStep(world: World, step: Step): Promise<void> {
  const [method = '', path = ''] = filled(world, step.does).split(' ');
  const what = `${step.who} ${step.does}`;
  const before = await countEvents(world);
  const answer = await world.call({ who: step.who, method, path, body: filled(world, step.sending) });
  const status = typeof step.gets === 'number' ? step.gets : ERROR_STATUS[step.gets];
  expect(answer.status, `${what} answered ${answer.text}`).toBe(status);
  if (typeof step.gets === 'string') expect(answer.body?.code, what).toBe(step.gets);
  if (step.showing !== undefined) expect(answer.body, what).toMatchObject(filled(world, step.showing) as object);
  for (const hidden of step.hiding ?? []) {
    expect(answer.text, what).not.toContain(world.names.get(hidden) ?? hidden);
  }
  expect(await listEvents(world, before), `${what} leaves`).toEqual([step.leaves ?? []].flat());
  if (step.as !== undefined && answer.status < 300) world.names.set(step.as, answer.body.id);
}

/** Names of events in the order in which they were appended, leaving out the first ones. */
export async function listEvents(world: World, leavingOut = 0): Promise<string[]> {
  const leaves = world.ground.db.knex('audit_leaves');
  const rows = await asService(async () =>
    leaves.where('leaf_index', '>=', leavingOut).orderBy('leaf_index').select('event'),
  );
  return rows.map((row: { event: string }) => row.event);
}

async function countEvents(world: World): Promise<number> {
  return (await listEvents(world)).length;
}

/** Names in braces become ids, as deep as plain objects and lists go; matchers are left as they are. */
function filled<T>(world: World, value: T): T {
  if (typeof value === 'string') return filledText(world, value) as T;
  if (Array.isArray(value)) return value.map((item) => filled(world, item)) as T;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(world, item)])) as T;
}

function filledText(world: World, text: string): string {
  return text.replaceAll(/\{([\w.-]+)\}/g, (_, name: string) => {
    const id = world.names.get(name);
    if (id === undefined) throw new Error(`nothing goes by the name ${name}`);
    return id;
  });
}
