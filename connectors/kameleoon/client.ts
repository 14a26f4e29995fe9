// Posts maps of visitors to the Data API: one request a batch, and a second one where removed visitors are to be forgotten.
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import type { EgressRequest } from '../kit/egress.ts';
import { errorForStatus, PermanentError, RetryableError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { forgottenBody, mapsBody } from './payload.ts';
import type { KameleoonCredentials, KameleoonSettings } from './settings.ts';
import { KameleoonTokens } from './tokens.ts';

export class KameleoonClient implements DestinationClient {
  readonly #settings: KameleoonSettings;
  readonly #context: ClientContext;
  readonly #tokens: KameleoonTokens | undefined;

  constructor(options: { settings: KameleoonSettings; credentials: KameleoonCredentials; context: ClientContext }) {
    const { settings, credentials, context } = options;
    const { client_id: clientId, client_secret: clientSecret } = credentials;
    this.#settings = settings;
    this.#context = context;
    if (clientId !== undefined && clientSecret !== undefined) {
      const { token_url: tokenUrl, user_agent: userAgent } = settings;
      this.#tokens = new KameleoonTokens({ tokenUrl, userAgent, clientId, clientSecret, context });
    }
  }

  /** Taken means queued: the platform reads the body later and tells nobody what it made of it. */
  async send(batch: Batch): Promise<SendOutcome> {
    const { ttl_hours, removal } = this.#settings;
    await this.#post('/map/maps', { ttlHours: String(ttl_hours) }, 'application/json', mapsBody(batch, this.#settings));
    if ((removal === 'forget' || batch.erase) && batch.removed > 0) {
      await this.#post('/visit/forget', {}, 'text/plain', forgottenBody(batch));
    }
    return { state: 'taken', rejected: {}, erasure: 'erased' };
  }

  async reauthenticate(): Promise<void> {
    if (this.#tokens === undefined) {
      throw new PermanentError('authentication', 'the project asks for a token: give client id and secret');
    }
    await this.#tokens.renew();
  }

  /** Reads the map of nobody. What an unknown key is answered with is not said [?]. */
  async test(): Promise<void> {
    const status = await this.#call('GET', '/map/map', { key: 'ecluse-test' }, {});
    if (![200, 204, 404].includes(status)) throw unexpected();
  }

  async #post(path: string, query: Record<string, string>, contentType: string, body: Buffer[]): Promise<void> {
    const status = await this.#call('POST', path, query, { headers: { 'content-type': contentType }, body });
    if (status < 200 || status > 299) throw unexpected();
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    query: Record<string, string>,
    { headers = {}, body }: Pick<EgressRequest, 'headers' | 'body'>,
  ): Promise<number> {
    const { api_url, site_code, user_agent } = this.#settings;
    const parameters = new URLSearchParams({ siteCode: site_code, ...query });
    const answer = await this.#context.egress.send({
      method,
      url: `${api_url.replace(/\/+$/, '')}${path}?${parameters}`,
      headers: {
        ...headers,
        'user-agent': user_agent,
        ...(this.#tokens === undefined ? {} : { authorization: await this.#tokens.bearer() }),
      },
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status === 403) {
      throw new PermanentError('rejected', 'the platform forbids it: the user agent, or access to the project');
    }
    const isRefusal = answer.status >= 300 && !(method === 'GET' && answer.status === 404);
    if (isRefusal) {
      throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], this.#context.clock.now()));
    }
    return answer.status;
  }
}

const unexpected = (): RetryableError =>
  new RetryableError('answer_invalid', 'the platform did not answer in its own form');
