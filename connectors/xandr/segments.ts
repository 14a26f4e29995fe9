// The segments of a member, listed and made through the Segment Service. learn.microsoft.com/xandr, "Segment Service".
import { isObject, type JsonObject, objectsOf, platformAudience } from '../customer-list/list-client.ts';
import type { AudienceBook, PlatformAudience } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import { MAX_SEGMENT_NAME_LENGTH, MAX_SEGMENT_PAGES, SEGMENTS_PER_PAGE } from './limits.ts';
import type { XandrSession } from './session.ts';
import type { XandrSettings } from './settings.ts';

export function segmentBook(session: XandrSession, settings: XandrSettings): AudienceBook {
  return {
    list: () => listSegments(session, settings),
    create: (name) => createSegment(session, settings, name),
  };
}

async function listSegments(session: XandrSession, settings: XandrSettings): Promise<PlatformAudience[]> {
  assertByNumber(settings);
  const found: JsonObject[] = [];
  for (let page = 0; page < MAX_SEGMENT_PAGES; page++) {
    const query = {
      ...{ member_id: String(settings.member_id), include_shared: '0' },
      ...{ start_element: String(found.length), num_elements: String(SEGMENTS_PER_PAGE) },
    };
    const answer = await session.call({ method: 'GET', url: session.apiUrl('/segment', query) });
    const segments = objectsOf(answer.segments);
    found.push(...segments);
    const isLast =
      typeof answer.count === 'number' ? found.length >= answer.count : segments.length < SEGMENTS_PER_PAGE;
    if (isLast || segments.length === 0) return audiencesOf(found, settings);
  }
  throw new PermanentError(
    'rejected',
    'the member has too many segments to list: name one in the settings (segment_id)',
  );
}

/** Whatever the filter let through: inactive ones take nobody, and those of others are not the member's to fill. */
const audiencesOf = (segments: readonly JsonObject[], { member_id }: XandrSettings): PlatformAudience[] =>
  segments
    .filter((one) => one.state !== 'inactive' && one.member_id === member_id)
    .map(({ id, short_name, code }) => platformAudience(id, short_name ?? code ?? String(id)));

/** Without an expiration of its own, so that a membership may last as long as the platform allows. */
async function createSegment(session: XandrSession, settings: XandrSettings, name: string): Promise<PlatformAudience> {
  assertByNumber(settings);
  if (name.length > MAX_SEGMENT_NAME_LENGTH)
    throw new PermanentError('rejected', `the name is longer than ${MAX_SEGMENT_NAME_LENGTH} characters`);
  const { member_id } = settings;
  const segment = { member_id, short_name: name, state: 'active', expire_minutes: null };
  const answer = await session.call({
    method: 'POST',
    url: session.apiUrl('/segment', { member_id: String(member_id) }),
    headers: { 'content-type': 'application/json' },
    body: [Buffer.from(JSON.stringify({ segment }))],
  });
  return platformAudience(isObject(answer.segment) ? answer.segment.id : answer.id, name);
}

/** A number beside a code would leave two names for one segment. */
function assertByNumber({ segment_code }: XandrSettings): void {
  if (segment_code === undefined) return;
  throw new PermanentError(
    'rejected',
    'the settings name the segment by its code: take segment_code away to choose one',
  );
}
