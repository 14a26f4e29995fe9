// Sends user events to an integration of Mapp Connect, each request under a token made for its very bytes.
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import { errorForStatus } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { eventBodies } from './payload.ts';
import type { MappCredentials, MappSettings } from './settings.ts';
import { requestToken } from './token.ts';

export class MappClient implements DestinationClient {
  readonly #settings: MappSettings;
  readonly #credentials: MappCredentials;
  readonly #context: ClientContext;

  constructor(options: { settings: MappSettings; credentials: MappCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#credentials = options.credentials;
    this.#context = options.context;
  }

  /** Taken means queued: the platform applies events later, by the integration's mapping, and names no row. */
  async send(batch: Batch): Promise<SendOutcome> {
    for (const body of eventBodies(batch, this.#settings)) await this.#call('POST', 'event', 'subtype=user', body);
    return { state: 'taken', rejected: {}, erasure: this.#settings.erasure === 'contact' ? 'erased' : 'removed_only' };
  }

  async test(): Promise<void> {
    await this.#call('GET', 'ping', '');
  }

  async #call(method: 'GET' | 'POST', verb: string, query: string, body?: Buffer): Promise<void> {
    const { api_url, integration_id, auth_header } = this.#settings;
    const url = new URL(`${api_url.replace(/\/+$/, '')}/integration/${integration_id}/${verb}`);
    url.search = query;
    const { clock, egress } = this.#context;
    const request = { path: url.pathname, query, ...(body === undefined ? {} : { body }) };
    const token = requestToken(request, { secret: this.#credentials.secret, nowMs: clock.now() });
    const answer = await egress.send({
      method,
      url: url.href,
      headers: {
        accept: 'application/json',
        'user-agent': 'ecluse/1.0',
        [auth_header.toLowerCase()]: token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: [body] }),
    });
    if (answer.status >= 200 && answer.status < 300) return;
    throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], clock.now()));
  }
}
