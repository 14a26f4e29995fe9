// Replaces a CRM segment: a drop is announced, its bytes go to the address that the platform hands out for it.
import { jsonObject, objectsOf, platformAudience } from '../customer-list/list-client.ts';
import type { Batch } from '../kit/batches.ts';
import type {
  AudienceBook,
  ClientContext,
  DestinationClient,
  PlatformAudience,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import type { EgressAnswer } from '../kit/egress.ts';
import { errorForStatus, PermanentError, RetryableError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { TradeDeskTokens } from '../the-trade-desk/tokens.ts';
import { CALL_TIMEOUT_MS, MAX_ROWS, MAX_SEGMENT_PAGES, UPLOAD_TIMEOUT_MS } from './limits.ts';
import { dropBody, dropTerms, segmentBody } from './payload.ts';
import type { CrmCredentials, CrmSettings } from './settings.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export class TradeDeskCrmClient implements DestinationClient {
  readonly #settings: CrmSettings;
  readonly #context: ClientContext;
  readonly #tokens: TradeDeskTokens;

  constructor(options: { settings: CrmSettings; credentials: CrmCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#context = options.context;
    this.#tokens = new TradeDeskTokens({ ...options, authUrl: options.settings.api_url });
  }

  /** Announced anew after a kill: the same people replace the same segment. */
  async send(batch: Batch, { place }: SendContext): Promise<SendOutcome> {
    if (batch.index > 0 || place?.added?.isLast === false) {
      throw new PermanentError(
        'rejected',
        `a drop holds ${MAX_ROWS} persons at most, and a second one would replace the first`,
      );
    }
    if (batch.added < this.#settings.min_rows) {
      throw new PermanentError('rejected', `the platform takes no fewer than ${this.#settings.min_rows} persons`);
    }
    const { advertiser_id, crm_data_id } = this.#settings;
    const { Url } = await this.#call(
      'POST',
      `/v3/crmdata/segment/${advertiser_id}/${crm_data_id}`,
      dropTerms(this.#settings),
    );
    if (typeof Url !== 'string')
      throw new RetryableError('answer_invalid', 'the platform gave no address for the drop');
    const answer = await this.#context.egress.send({
      method: 'PUT',
      url: Url,
      headers: { 'content-type': 'text/plain' },
      body: dropBody(batch),
      timeoutMs: UPLOAD_TIMEOUT_MS,
      silenceMs: CALL_TIMEOUT_MS,
    });
    this.#refuse(answer);
    return { state: 'taken', rejected: {} };
  }

  /** Nobody in an audience cannot be said by a drop. */
  async finish({ taken, failed }: { taken: { batches: number }; failed: { batches: number } }): Promise<void> {
    if (taken.batches + failed.batches === 0) {
      throw new PermanentError('rejected', 'the platform cannot replace a segment by nobody: empty it there');
    }
  }

  async reauthenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  async test(): Promise<void> {
    const { crm_data_id: id } = this.#settings;
    const known = await this.#listSegments();
    if (!known.some((one) => one.id === id)) {
      throw new PermanentError('rejected', 'the advertiser has no CRM segment of this id');
    }
  }

  get audiences(): AudienceBook {
    return { list: () => this.#listSegments(), create: (name) => this.#createSegment(name) };
  }

  async #listSegments(): Promise<PlatformAudience[]> {
    const found: PlatformAudience[] = [];
    let token: unknown = '';
    for (let page = 0; page < MAX_SEGMENT_PAGES && typeof token === 'string'; page++) {
      const query = token === '' ? '' : `?${new URLSearchParams({ pagingToken: token })}`;
      const answer = await this.#call('GET', `/v3/crmdata/segment/${this.#settings.advertiser_id}${query}`);
      found.push(...objectsOf(answer.Segments).map((one) => platformAudience(one.CrmDataId, one.SegmentName)));
      token = answer.PagingToken === '' ? undefined : answer.PagingToken;
    }
    return found;
  }

  async #createSegment(name: string): Promise<PlatformAudience> {
    const made = await this.#call('POST', '/v3/crmdata/targeting/segment', segmentBody(name, this.#settings));
    return platformAudience(made.CrmDataId, name);
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<JsonObject> {
    const answer = await this.#context.egress.send({
      method,
      url: this.#settings.api_url.replace(/\/+$/, '') + path,
      headers: { 'content-type': 'application/json', 'ttd-auth': (await this.#tokens.find()) ?? '' },
      ...(body === undefined ? {} : { body: [Buffer.from(JSON.stringify(body))] }),
      timeoutMs: CALL_TIMEOUT_MS,
    });
    this.#refuse(answer);
    const read = jsonObject(answer.body);
    if (read === undefined) throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
    return read;
  }

  #refuse({ status, headers }: EgressAnswer): void {
    if (status >= 200 && status < 300) return;
    throw errorForStatus(status, parseRetryAfter(headers['retry-after'], this.#context.clock.now()));
  }
}
