// Speaks the streaming service: users with their segments in small requests, whose faults come as warnings beside an OK.
import type { Batch } from '../kit/batches.ts';
import type { AudienceBook, ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import { namedBy, RequestRejected, sendSifted } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import type { PlatformAnswer } from './answers.ts';
import { segmentBook } from './segments.ts';
import { XandrSession } from './session.ts';
import type { XandrCredentials, XandrSettings } from './settings.ts';
import { rowsOfWarnings, type StreamedUser, streamedBody, warnedIds } from './streaming-payload.ts';

export class XandrStreamingClient implements DestinationClient {
  readonly #settings: XandrSettings;
  readonly #session: XandrSession;

  constructor(options: { settings: XandrSettings; credentials: XandrCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#session = new XandrSession({ ...options, apiUrl: options.settings.api_url });
  }

  async send(batch: Batch): Promise<SendOutcome> {
    const users: StreamedUser[] = [];
    batch.forEach((id, isRemoval) => {
      users.push({ id, isRemoval });
    });
    const sent = await sendSifted(users, (part) => this.#post(part));
    const named = namedBy(sent.faults, ({ id }) => id);
    for (const { warned } of sent.answers) for (const id of warned) named.set(id, 'no_valid_segments');
    return { state: 'taken', rejected: sent.answers.map(({ rows }) => rows).reduce(addCounts, sent.rejected), named };
  }

  get audiences(): AudienceBook {
    return segmentBook(this.#session, this.#settings);
  }

  async reauthenticate(): Promise<void> {
    await this.#session.renew();
  }

  /** A request of nobody is answered with a warning, which shows that the token is taken. */
  async test(): Promise<void> {
    await this.#call([]);
  }

  async #post(users: readonly StreamedUser[]): Promise<{ rows: Counts; warned: readonly string[] }> {
    const { message, warnings } = await this.#call(users);
    const said = rowsOfWarnings(warnings, users);
    // More users than it takes at once: it says which form of fault, not whose, so that halves are sent.
    if (said === 'too-many') throw new RequestRejected({ rowCode: 'too_many_user_ids' });
    const inRequest = Number((message as { users_in_request?: unknown } | undefined)?.users_in_request ?? users.length);
    if (!Number.isSafeInteger(inRequest) || inRequest > users.length)
      throw new PermanentError('answer_invalid', 'the platform counts more users than it was sent');
    return { rows: said, warned: warnedIds(warnings, users) };
  }

  #call(users: readonly StreamedUser[]): Promise<PlatformAnswer> {
    return this.#session.call({
      method: 'POST',
      url: `${this.#settings.streaming_url.replace(/\/+$/, '')}/rt-segment`,
      headers: { 'content-type': 'application/json' },
      body: [streamedBody(users, this.#settings)],
    });
  }
}
