// The Segment Service of the sandbox: segments that were made here, shown in pages, refused when their JSON is not whole.
import { isObject } from '../customer-list/list-client.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_SEGMENT_NAME_LENGTH, SEGMENTS_PER_PAGE } from './limits.ts';

interface Segment {
  readonly id: number;
  readonly member_id: number;
  readonly short_name: string | null;
  readonly code: string | null;
  readonly state: string;
  readonly expire_minutes: number | null;
}

const FIELDS: ReadonlySet<string> = new Set(['member_id', 'short_name', 'code', 'state', 'expire_minutes']);
/** Fewer than may be asked for, so that whoever reads only the first page is found out. */
const SHOWN_A_PAGE = 2;

export class SandboxSegmentService {
  readonly #segments: Segment[] = [];

  /** Of any member, by number. */
  ids(): string[] {
    return this.#segments.map(({ id }) => String(id));
  }

  list(memberId: number, query: URLSearchParams): SandboxAnswer {
    const from = Number(query.get('start_element') ?? 0);
    const most = Number(query.get('num_elements') ?? SEGMENTS_PER_PAGE);
    if (!Number.isSafeInteger(from) || from < 0 || !(most >= 1 && most <= SEGMENTS_PER_PAGE)) {
      return refused('start_element or num_elements is not valid');
    }
    const own = this.#segments.filter(({ member_id }) => member_id === memberId);
    const segments = own.slice(from, from + Math.min(most, SHOWN_A_PAGE));
    const place = { start_element: from, num_elements: SHOWN_A_PAGE };
    return jsonAnswer(200, { response: { status: 'OK', count: own.length, ...place, segments, dbg_info: {} } });
  }

  create(memberId: number, body: Buffer): SandboxAnswer {
    const given = segmentOf(body);
    if (given === undefined || Object.keys(given).some((name) => !FIELDS.has(name))) return refused('no segment JSON');
    const { member_id = memberId, short_name = null, code = null, state = 'active', expire_minutes = null } = given;
    const isName = (value: unknown, most: number) =>
      value === null || (typeof value === 'string' && value !== '' && value.length <= most);
    if (member_id !== memberId) return refused('member_id differs');
    if (!isName(short_name, MAX_SEGMENT_NAME_LENGTH) || !isName(code, 50)) return refused('a name is not valid');
    if (state !== 'active' && state !== 'inactive') return refused('state is not valid');
    if (expire_minutes !== null && !Number.isSafeInteger(expire_minutes)) return refused('expire_minutes is not valid');
    const isTaken = (one: Segment) => code !== null && one.code?.toLowerCase() === String(code).toLowerCase();
    if (this.#segments.some(isTaken)) return refused('code is taken', 'INTEGRITY');
    const id = 90_001 + this.#segments.length;
    const segment = { id, member_id: memberId, short_name, code, state, expire_minutes } as Segment;
    this.#segments.push(segment);
    return jsonAnswer(200, { response: { status: 'OK', count: 1, id, start_element: 0, num_elements: 100, segment } });
  }
}

function segmentOf(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) && isObject(parsed.segment) ? parsed.segment : undefined;
  } catch {
    return undefined;
  }
}

const refused = (error: string, error_id = 'SYNTAX'): SandboxAnswer =>
  jsonAnswer(200, { response: { error_id, error, dbg_info: {} } });
