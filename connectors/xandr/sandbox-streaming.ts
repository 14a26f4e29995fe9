// The platform's side of the streaming service: what is wrong with a row is a warning beside an OK, never an error.
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import type { Memberships } from './sandbox-segments.ts';
import { isDeviceId, isXandrUserId } from './uid.ts';

export interface StreamingRules {
  readonly segments: ReadonlySet<string> | undefined;
  readonly maxUsers: number;
  isKnownUser(uid: string): boolean;
}

interface Row {
  readonly user_id?: string;
  readonly seg_block?: readonly {
    seg_id?: number | null;
    seg_code?: string | null;
    member_id?: number | null;
    expiration?: number;
  }[];
  readonly domain?: string | null;
}

/** So many requests and users of a member within a second; all requests here are of one member. */
const MOST_A_SECOND = { requests: 100, users: 1_000 } as const;

export class StreamPace {
  #taken: { readonly atMs: number; readonly users: number }[] = [];

  /** False for a request above the pace, which is not counted. */
  take(body: Buffer, atMs: number): boolean {
    this.#taken = this.#taken.filter((one) => atMs - one.atMs < 1_000);
    const users = rowsOf(body)?.length ?? 0;
    const sum = this.#taken.reduce((all, one) => all + one.users, users);
    // More users than one request may hold are told of in a warning, not by the pace.
    const isWithin = this.#taken.length < MOST_A_SECOND.requests && (sum === users || sum <= MOST_A_SECOND.users);
    if (isWithin) this.#taken.push({ atMs, users });
    return isWithin;
  }
}

export function streamAnswer(body: Buffer, rules: StreamingRules, memberships: Memberships): SandboxAnswer {
  const rows = rowsOf(body);
  if (rows === undefined || body.length > 1_000_000)
    return jsonAnswer(200, { response: { error_id: 'SYNTAX', error: 'The request cannot be read' } });
  const warnings: string[] = [];
  let users = 0;
  let segments = 0;
  if (rows.length > rules.maxUsers) warnings.push('Too many user_ids in request.');
  for (const row of rows.length > rules.maxUsers ? [] : rows) {
    const taken = applyRow(row, rules, { memberships, warnings });
    segments += taken;
    if (taken > 0) users++;
  }
  if (users === 0 && rows.length <= rules.maxUsers) warnings.push('No valid rt_segment in request.');
  const message = { users_in_request: users, segments_in_request: segments };
  return jsonAnswer(200, { response: { status: 'OK', message, warnings } });
}

function applyRow(
  { user_id: id = '', seg_block: block, domain }: Row,
  rules: StreamingRules,
  { memberships, warnings }: { memberships: Memberships; warnings: string[] },
): number {
  if (id === '') warnings.push("'user_id' is required and cannot be empty");
  else if (block === undefined) warnings.push("'seg_block' is required");
  if (id === '' || block === undefined) return 0;
  const isUser = domain === null || domain === undefined ? isXandrUserId(id) : isDeviceId(id);
  let taken = 0;
  for (const segment of block) {
    const name = segment.seg_id ?? segment.seg_code ?? undefined;
    if (name === undefined || (segment.seg_id == null && segment.member_id == null)) {
      warnings.push("'seg_id' or 'seg_code' and 'member_id' are required");
      continue;
    }
    if (!isUser || !rules.isKnownUser(id) || rules.segments?.has(String(name)) === false) continue;
    const members = memberships.get(String(name)) ?? new Set();
    memberships.set(String(name), members);
    if (segment.expiration === -1) members.delete(id);
    else members.add(id);
    taken++;
  }
  if (taken === 0) warnings.push(`No valid segments for user_id: ${id}.`);
  return taken;
}

function rowsOf(body: Buffer): Row[] | undefined {
  try {
    const rows = (JSON.parse(body.toString('utf8')) as { rt_segment?: unknown }).rt_segment;
    return Array.isArray(rows) ? (rows as Row[]) : undefined;
  } catch {
    return undefined;
  }
}
