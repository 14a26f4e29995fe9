// Speaks the Data Manager API: removals and ingestions as requests that are accepted at once and followed to their end.
import { platformAudience } from '../customer-list/list-client.ts';
import { type JsonObject, listOf, readGoogleAnswer } from '../google/answers.ts';
import { GoogleTokens } from '../google/tokens.ts';
import type { Batch } from '../kit/batches.ts';
import type {
  AudienceBook,
  ClientContext,
  DestinationClient,
  PlatformAudience,
  PollOutcome,
  SendOutcome,
} from '../kit/define-destination.ts';
import type { EgressRequest } from '../kit/egress.ts';
import { RetryableError } from '../kit/errors.ts';
import type { PlatformJob } from '../kit/progress.ts';
import { namedBy, sendSifted } from '../kit/rejection.ts';
import { addCounts } from '../kit/report.ts';
import { jointOutcome, memberRefusal, readRequestState } from './answers.ts';
import { MAX_USER_LIST_PAGES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { ingestBody, membersOf, removeAllBody, removeBody, userListBody } from './payload.ts';
import type { DataManagerSettings, GoogleCredentials } from './settings.ts';

export const DATA_MANAGER_SCOPE = 'https://www.googleapis.com/auth/datamanager';

export class DataManagerClient implements DestinationClient {
  readonly #settings: DataManagerSettings;
  readonly #context: ClientContext;
  readonly #tokens: GoogleTokens;

  constructor(options: { settings: DataManagerSettings; credentials: GoogleCredentials; context: ClientContext }) {
    const { settings, credentials, context } = options;
    this.#settings = settings;
    this.#context = context;
    this.#tokens = new GoogleTokens({ tokenUrl: settings.token_url, scope: DATA_MANAGER_SCOPE, credentials, context });
  }

  /** Removals first: a person whose identifiers changed is removed with the old ones and added with the new. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { removed, added, denied, idOf } = membersOf(batch, this.#settings, this.#context.delivery.purpose);
    const removal = await sendSifted(removed, (rows) => this.#request('remove', removeBody(this.#settings, rows)));
    const ingestion = await sendSifted(added, (rows) => this.#request('ingest', ingestBody(this.#settings, rows)));
    const rejected = addCounts(addCounts(removal.rejected, ingestion.rejected), { consent_denied: denied });
    const named = namedBy([...removal.faults, ...ingestion.faults], (member) => idOf.get(member) ?? '');
    const requestIds = [...removal.answers, ...ingestion.answers];
    if (requestIds.length === 0) return { state: 'taken', rejected, named };
    const details = Object.fromEntries(requestIds.map((id, at) => [`request_${at}`, id]));
    return { state: 'submitted', job: { id: requestIds[0]!, phase: 'PROCESSING', details }, rejected, named };
  }

  async poll(job: PlatformJob): Promise<PollOutcome> {
    const states = [];
    for (const requestId of Object.values(job.details)) {
      const url = `${this.#base}/v1/requestStatus:retrieve?${new URLSearchParams({ requestId: String(requestId) })}`;
      states.push(readRequestState(await this.#call({ method: 'GET', url })));
    }
    return jointOutcome(states);
  }

  /** After a whole audience, whoever was a member before and was not among it leaves. */
  async finish(): Promise<void> {
    const { isWhole, startedAtMs } = this.#context.delivery;
    if (isWhole) await this.#request('removeAll', removeAllBody(this.#settings, startedAtMs));
  }

  async reauthenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  async test(): Promise<void> {
    await this.#call({ method: 'GET', url: `${this.#base}${this.#userLists}/${this.#settings.audience_id}` });
  }

  get audiences(): AudienceBook {
    return { list: () => this.#listUserLists(), create: (name) => this.#createUserList(name) };
  }

  async #listUserLists(): Promise<PlatformAudience[]> {
    const found: PlatformAudience[] = [];
    let pageToken: unknown = '';
    for (let page = 0; page < MAX_USER_LIST_PAGES && typeof pageToken === 'string'; page++) {
      const query = new URLSearchParams({ pageSize: '500', ...(pageToken === '' ? {} : { pageToken }) });
      const answer = await this.#call({ method: 'GET', url: `${this.#base}${this.#userLists}?${query}` });
      found.push(...listOf(answer.userLists).map(({ id, displayName }) => platformAudience(id, displayName)));
      pageToken = answer.nextPageToken === '' ? undefined : answer.nextPageToken;
    }
    return found;
  }

  async #createUserList(name: string): Promise<PlatformAudience> {
    const { id, displayName } = await this.#call({
      method: 'POST',
      url: this.#base + this.#userLists,
      headers: { 'content-type': 'application/json' },
      body: [Buffer.from(JSON.stringify(userListBody(name, this.#settings)))],
    });
    return platformAudience(id, displayName);
  }

  get #userLists(): string {
    const { account_type, account_id } = this.#settings;
    return `/v1/accountTypes/${account_type}/accounts/${account_id}/userLists`;
  }

  async #request(verb: 'ingest' | 'remove' | 'removeAll', body: JsonObject): Promise<string> {
    const { requestId } = await this.#call({
      method: 'POST',
      url: `${this.#base}/v1/audienceMembers:${verb}`,
      headers: { 'content-type': 'application/json' },
      body: [Buffer.from(JSON.stringify(body))],
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    if (typeof requestId !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(requestId)) {
      throw new RetryableError('answer_invalid', 'the platform gave no request id');
    }
    return requestId;
  }

  get #base(): string {
    return this.#settings.api_url.replace(/\/+$/, '');
  }

  async #call(request: EgressRequest): Promise<JsonObject> {
    const headers = { ...request.headers, authorization: await this.#tokens.bearer() };
    const answer = await this.#context.egress.send({ ...request, headers });
    return readGoogleAnswer(answer, this.#context.clock.now(), memberRefusal);
  }
}
