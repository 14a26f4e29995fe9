// The state of the Meta sandbox: audiences, upload sessions, and what is wrong with rows.

import { formatMember, type MemberField } from '../kit/member.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { isObject } from './answers.ts';
import { FIELD_OF_KEY, isDigestKey, isMobileId, MEMBER_KEYS, type MemberKey } from './keys.ts';
import { MAX_ROWS_PER_CALL } from './limits.ts';
import type { JsonObject } from './payload.ts';
import { FILE_SOURCES } from './settings.ts';

export interface PlatformOptions {
  /** Audiences that exist; any unless told. */
  readonly audiences?: readonly string[];
  /** Flagged audiences take no uploads. */
  readonly isFlagged?: boolean;
  isValidEntry?(id: string): boolean;
}

interface Session {
  readonly edge: string;
  sequence: number;
  isClosed: boolean;
  readonly rows: Set<string>;
  received: number;
  invalid: number;
}

const SINGLE: Readonly<Record<string, MemberKey>> = {
  EMAIL_SHA256: 'EMAIL',
  PHONE_SHA256: 'PHONE',
  MOBILE_ADVERTISER_ID: 'MADID',
};

export class MetaPlatform {
  readonly #options: PlatformOptions;
  readonly #audiences = new Map<string, Set<string>>();
  readonly #made = new Map<string, string>();
  readonly #sessions = new Map<string, Session>();
  /** So many entries were flagged for limited data use. */
  limitedEntries = 0;

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  /** Pages of two, so that whoever reads only the first is found out. */
  listAudiences(query: URLSearchParams): SandboxAnswer {
    const from = Number(query.get('after') ?? 0);
    const data = [...this.#made].slice(from, from + 2).map(([id, name]) => ({ id, name }));
    const hasMore = this.#made.size > from + 2;
    const cursors = { before: String(from), after: String(from + 2) };
    return jsonAnswer(200, {
      data,
      paging: { cursors, ...(hasMore ? { next: 'https://graph.facebook.com/next' } : {}) },
    });
  }

  createAudience({ name, subtype, customer_file_source: source }: JsonObject): SandboxAnswer {
    const isWhole = typeof name === 'string' && name !== '' && subtype === 'CUSTOM';
    if (!isWhole || !FILE_SOURCES.some((known) => known === source)) return graphError(100, 0);
    const id = String(90_001 + this.#made.size);
    this.#made.set(id, name);
    return jsonAnswer(200, { id });
  }

  audience(id: string): SandboxAnswer {
    if (!this.#made.has(id) && this.#options.audiences?.includes(id) === false) return graphError(100, 33);
    const code = this.#options.isFlagged ? 471 : 200;
    return jsonAnswer(200, { id, subtype: 'CUSTOM', operation_status: { code, description: 'Normal' } });
  }

  sessions(): SandboxAnswer {
    const data = [...this.#sessions].map(([session_id, session]) => ({
      session_id,
      num_received: String(session.received),
      num_invalid_entries: String(session.invalid),
      stage: session.isClosed ? 'COMPLETE' : 'UPLOADING',
    }));
    return jsonAnswer(200, { data });
  }

  change(audience: string, edge: 'add' | 'remove' | 'replace', call: JsonObject): SandboxAnswer {
    if (this.#options.audiences?.includes(audience) === false) return graphError(100, 33);
    if (this.#options.isFlagged) return graphError(100, 1713230, { error_user_title: 'Audience Upload Blocked' });
    const payload = isObject(call.payload) ? call.payload : {};
    const keys = keysOf(payload.schema);
    const { data } = payload;
    if (keys === undefined || !Array.isArray(data) || data.length === 0) return graphError(100, 1487301);
    if (data.length > MAX_ROWS_PER_CALL) return graphError(2655, 1870047);
    const session = this.#session(edge, call.session);
    if (session === undefined) return graphError(2650, 1870145);
    const isSingle = typeof payload.schema === 'string';
    const samples: Record<string, string> = {};
    const accepted: string[] = [];
    for (const row of data) {
      const cells: unknown[] = isSingle ? [row] : Array.isArray(row) ? row : [];
      const fault = rowFault(cells, keys) ?? (this.#isValid(cells, keys) ? undefined : 'Entry is not valid');
      if (fault === undefined) accepted.push(idOf(cells, keys));
      else samples[JSON.stringify(row)] = fault;
      if (fault === undefined && cells.some((cell) => Array.isArray(cell) && cell.includes('LDU')))
        this.limitedEntries++;
    }
    const invalid = data.length - accepted.length;
    this.#apply(audience, { edge, accepted, session });
    session.received += data.length;
    session.invalid += invalid;
    const { session_id } = call.session as { session_id: number };
    const counts = { num_received: data.length, num_invalid_entries: invalid, invalid_entry_samples: samples };
    return jsonAnswer(200, { audience_id: audience, session_id: String(session_id), ...counts });
  }

  members(audience: string): string[] {
    return [...(this.#audiences.get(audience) ?? [])].sort();
  }

  record(): unknown {
    const audiences = Object.fromEntries([...this.#audiences].map(([id, members]) => [id, [...members].sort()]));
    const sessions = [...this.#sessions].map(([id, { rows, ...session }]) => ({ id, ...session, rows: rows.size }));
    return { audiences, sessions };
  }

  #isValid(cells: readonly unknown[], keys: readonly string[]): boolean {
    return this.#options.isValidEntry?.(idOf(cells, keys)) ?? true;
  }

  /** Numbered batches follow each other; the last one may come again, when its answer was lost. Others stand by name alone. */
  #session(edge: string, given: unknown): Session | undefined {
    if (!isObject(given) || !Number.isSafeInteger(given.session_id)) return undefined;
    const key = String(given.session_id);
    const session = this.#sessions.get(key) ?? {
      ...{ edge, sequence: 0, isClosed: false, received: 0, invalid: 0 },
      rows: new Set<string>(),
    };
    if (session.edge !== edge) return undefined;
    const { batch_seq, last_batch_flag } = given;
    if (batch_seq === undefined) {
      if (edge === 'replace') return undefined;
    } else {
      const isNext = batch_seq === session.sequence + 1 && !session.isClosed;
      if (!isNext && batch_seq !== session.sequence) return undefined;
      session.sequence = Number(batch_seq);
      session.isClosed = last_batch_flag === true;
    }
    this.#sessions.set(key, session);
    return session;
  }

  /** A replacement happens when its last batch has come. */
  #apply(audience: string, change: { edge: string; accepted: readonly string[]; session: Session }): void {
    const members = this.#audiences.get(audience) ?? new Set<string>();
    this.#audiences.set(audience, members);
    for (const id of change.accepted) {
      if (change.edge === 'add') members.add(id);
      else if (change.edge === 'remove') members.delete(id);
      else change.session.rows.add(id);
    }
    if (change.edge !== 'replace' || !change.session.isClosed) return;
    members.clear();
    for (const id of change.session.rows) members.add(id);
  }
}

const OPTIONS = 'DATA_PROCESSING_OPTIONS';

function keysOf(schema: unknown): readonly string[] | undefined {
  if (typeof schema === 'string') return SINGLE[schema] === undefined ? undefined : [SINGLE[schema]];
  const keys: readonly string[] = [...MEMBER_KEYS, OPTIONS];
  return Array.isArray(schema) && schema.length > 0 && schema.every((key) => keys.includes(key)) ? schema : undefined;
}

function rowFault(cells: readonly unknown[], keys: readonly string[]): string | undefined {
  if (cells.length !== keys.length) return 'Wrong number of columns';
  for (const [at, key] of keys.entries()) {
    const cell = cells[at];
    if (key === OPTIONS) {
      if (!Array.isArray(cell) || cell.some((one) => one !== 'LDU')) return 'Unknown data processing option';
    } else if (typeof cell !== 'string') return 'Not a text';
    else if (cell === '') {
      if (key === 'EXTERN_ID') return 'empty external ID';
    } else if (isDigestKey(key as MemberKey) && !/^[0-9a-f]{64}$/.test(cell)) return 'Not a SHA256 hash';
    else if (key === 'MADID' && !isMobileId(cell)) return 'Not a mobile advertiser id';
  }
  return keys.every((key, at) => key === OPTIONS || cells[at] === '') ? 'Empty row' : undefined;
}

/** Of a row with one value that one, of a row with several the text of a member. */
function idOf(cells: readonly unknown[], keys: readonly string[]): string {
  const member: Partial<Record<MemberField, string[]>> = {};
  for (const [at, key] of keys.entries()) {
    if (key !== OPTIONS && cells[at] !== '') member[FIELD_OF_KEY[key as MemberKey]] = [String(cells[at])];
  }
  const values = Object.values(member).flat();
  return values.length === 1 ? values[0]! : formatMember(member);
}

export function graphError(code: number, subcode: number, more: JsonObject = {}, headers = {}): SandboxAnswer {
  const error = {
    message: 'Refused',
    type: 'OAuthException',
    code,
    error_subcode: subcode,
    fbtrace_id: 'sandbox',
    ...more,
  };
  return jsonAnswer(code === 190 ? 401 : code === 200 ? 403 : 400, { error }, headers);
}
