// The platform's side of an uploaded file: reads it line by line, applies what is valid, counts the rest by its reason.
import { gunzipSync } from 'node:zlib';
import { DEVICE_DOMAINS, type LineLayout } from './legacy-line.ts';
import { legacyReader, type ReadLine, type ReadSegment } from './legacy-reader.ts';
import { MAX_EXPIRATION_MINUTES } from './limits.ts';
import { isDeviceId, isXandrUserId } from './uid.ts';

export interface SegmentRules {
  /** Segments of the member by id or code; undefined takes any. */
  readonly segments: ReadonlySet<string> | undefined;
  isKnownUser(uid: string): boolean;
}

export type Counters = Record<`num_${string}`, number>;
/** Members of each segment, by segment id or code. */
export type Memberships = Map<string, Set<string>>;

export function newCounters(): Counters {
  return {
    num_valid: 0,
    num_valid_user: 0,
    num_invalid_format: 0,
    num_invalid_user: 0,
    num_invalid_segment: 0,
    num_invalid_timestamp: 0,
    num_unauth_segment: 0,
    num_past_expiration: 0,
    num_inactive_segment: 0,
    num_other_error: 0,
  };
}

/** Undefined when the body is not what it claims to be. */
export function textOf(body: Buffer): string | undefined {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  try {
    return (isGzip ? gunzipSync(body) : body).toString('latin1');
  } catch {
    return undefined;
  }
}

/** What a file says, line by line or record by record; undefined where one cannot be read. */
export type FileUsers = readonly (ReadLine | undefined)[];

export const usersOfText = (text: string, layout: LineLayout): FileUsers =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(legacyReader(layout));

export function applyUsers(users: FileUsers, rules: SegmentRules, memberships: Memberships): Counters {
  const counters = newCounters();
  const seen = new Set<string>();
  for (const read of users) {
    const fault = read === undefined ? 'num_invalid_format' : userFault(read, rules);
    if (read === undefined || fault !== undefined) {
      counters[fault ?? 'num_invalid_format']!++;
      continue;
    }
    const before = seen.size;
    if (seen.add(read.uid).size === before) counters.num_invalid_format!++;
    else if (applyLine(read, { rules, memberships, counters }) > 0) counters.num_valid_user!++;
  }
  return counters;
}

const isDomain = (domain: number): boolean => Object.values<number>(DEVICE_DOMAINS).includes(domain);

function userFault({ uid, domain }: ReadLine, rules: SegmentRules): keyof Counters | undefined {
  const isOfOthers = typeof domain === 'string';
  const known = isOfOthers || (domain === undefined ? isXandrUserId(uid) : isDeviceId(uid) && isDomain(domain));
  return known && rules.isKnownUser(uid) ? undefined : 'num_invalid_user';
}

function applyLine(
  line: ReadLine,
  state: { rules: SegmentRules; memberships: Memberships; counters: Counters },
): number {
  const { rules, memberships, counters } = state;
  let valid = 0;
  for (let at = 0; at < line.segments.length + line.removals.length; at++) {
    const isRemoval = at >= line.segments.length;
    const segment = isRemoval ? line.removals[at - line.segments.length]! : line.segments[at]!;
    const fault = segmentFault(segment, rules);
    if (fault !== undefined) {
      counters[fault]!++;
      continue;
    }
    const name = String(segment.SEG_ID ?? segment.SEG_CODE);
    const members = memberships.get(name) ?? new Set();
    memberships.set(name, members);
    if (isRemoval || segment.EXPIRATION === -1) members.delete(line.uid);
    else members.add(line.uid);
    valid++;
  }
  counters.num_valid! += valid;
  return valid;
}

function segmentFault(segment: ReadSegment, rules: SegmentRules): keyof Counters | undefined {
  const name = String(segment.SEG_ID ?? segment.SEG_CODE ?? '');
  if (name === '' || name === '0' || (rules.segments !== undefined && !rules.segments.has(name)))
    return 'num_invalid_segment';
  const expiration = Number(segment.EXPIRATION ?? 0);
  if (expiration < -1 || expiration > MAX_EXPIRATION_MINUTES) return 'num_past_expiration';
  // Milliseconds in place of seconds would lie millennia ahead.
  return Number(segment.TIMESTAMP ?? 0) > 4_294_967_295 ? 'num_invalid_timestamp' : undefined;
}
