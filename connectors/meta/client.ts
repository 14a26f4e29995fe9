// Speaks the Custom Audience edges of the Graph API: users added, deleted or replaced, in sessions, up to 10,000 rows a call.
import { createHmac } from 'node:crypto';
import { objectsOf, platformAudience } from '../customer-list/list-client.ts';
import type { Batch } from '../kit/batches.ts';
import type {
  AudienceBook,
  ClientContext,
  DestinationClient,
  PlatformAudience,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import { addCounts } from '../kit/report.ts';
import type { SessionPlace } from '../kit/upload-session.ts';
import { invalidEntries, isObject, readMetaAnswer } from './answers.ts';
import { CALL_TIMEOUT_MS, MAX_AUDIENCE_PAGES } from './limits.ts';
import { type JsonObject, payloadOf, rowsOf, sessionOf } from './payload.ts';
import type { MetaCredentials, MetaSettings } from './settings.ts';

/** operation_status of an audience that Meta has flagged. */
const FLAGGED = 471;

export class MetaClient implements DestinationClient {
  readonly #settings: MetaSettings;
  readonly #credentials: MetaCredentials;
  readonly #context: ClientContext;

  constructor(options: { settings: MetaSettings; credentials: MetaCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#credentials = options.credentials;
    this.#context = options.context;
  }

  /** Removals first: a person whose identifiers changed is removed with the old ones and added with the new. */
  async send(batch: Batch, { place }: SendContext): Promise<SendOutcome> {
    const { delivery } = this.#context;
    const { removed, added, withheld } = rowsOf(batch, this.#settings, delivery.purpose);
    let rejected = addCounts({}, withheld);
    if (removed.length > 0 && place?.removed !== undefined) {
      const body = { payload: payloadOf(this.#settings, removed, 'remove'), ...this.#session('remove', place.removed) };
      rejected = addCounts(rejected, invalidEntries(await this.#remove(body)));
    }
    if (added.length > 0 && place?.added !== undefined) {
      const kind = delivery.isWhole ? 'replace' : 'add';
      const consent = this.#settings.customer_consent === 'send' ? { customer_consent: true } : {};
      const payload = payloadOf(this.#settings, added, 'add');
      const edge = delivery.isWhole ? 'usersreplace' : 'users';
      const answer = await this.#call('POST', edge, { payload, ...this.#session(kind, place.added), ...consent });
      rejected = addCounts(rejected, invalidEntries(answer));
    }
    return { state: 'taken', rejected };
  }

  /** A replacement needs rows: an audience of nobody cannot be told so. */
  async finish({ taken, failed }: DeliveryProgress): Promise<void> {
    if (this.#context.delivery.isWhole && taken.batches + failed.batches === 0) {
      throw new PermanentError('rejected', 'the platform cannot replace an audience by nobody: remove its members');
    }
  }

  async test(): Promise<void> {
    const query = new URLSearchParams({ fields: 'id,subtype,operation_status', ...this.#proof() });
    const audience = await this.#send('GET', `?${query}`, undefined);
    const status = isObject(audience.operation_status) ? audience.operation_status.code : undefined;
    if (status === FLAGGED) throw new PermanentError('rejected', 'the platform has flagged this audience (471)');
  }

  /** A page may be followed by others. */
  get audiences(): AudienceBook {
    return { list: () => this.#listAudiences(), create: (name) => this.#createAudience(name) };
  }

  async #listAudiences(): Promise<PlatformAudience[]> {
    const found: PlatformAudience[] = [];
    let after: unknown = '';
    for (let page = 0; page < MAX_AUDIENCE_PAGES && typeof after === 'string'; page++) {
      const place = after === '' ? {} : { after };
      const query = new URLSearchParams({ fields: 'id,name', limit: '200', ...place, ...this.#proof() });
      const answer = await this.#send('GET', `?${query}`, undefined, this.#accountEdge());
      found.push(...objectsOf(answer.data).map(({ id, name }) => platformAudience(id, name)));
      const [paging] = objectsOf([answer.paging]);
      after = paging?.next === undefined ? undefined : objectsOf([paging.cursors])[0]?.after;
    }
    return found;
  }

  async #createAudience(name: string): Promise<PlatformAudience> {
    const { customer_file_source } = this.#settings;
    const body = { name, subtype: 'CUSTOM', customer_file_source, ...this.#proof() };
    return platformAudience((await this.#send('POST', '', body, this.#accountEdge())).id, name);
  }

  #accountEdge(): string {
    const { ad_account_id: account } = this.#settings;
    if (account !== undefined) return `act_${account}/customaudiences`;
    throw new PermanentError('rejected', 'name the ad account in the settings (ad_account_id)');
  }

  #session(kind: 'add' | 'remove' | 'replace', place: SessionPlace): JsonObject {
    const { id: deliveryId } = this.#context.delivery;
    return { session: sessionOf(place, { deliveryId, kind, form: this.#settings.session_form }) };
  }

  #remove(body: JsonObject): Promise<JsonObject> {
    if (this.#settings.removal_transport === 'body') return this.#call('DELETE', 'users', body);
    const texts = Object.entries(body).map(([name, value]) => [name, JSON.stringify(value)]);
    const query = new URLSearchParams([...texts, ...Object.entries(this.#proof())]);
    return this.#send('DELETE', `/users?${query}`, undefined);
  }

  #call(method: 'POST' | 'DELETE', edge: string, body: JsonObject): Promise<JsonObject> {
    return this.#send(method, `/${edge}`, { ...body, ...this.#proof() });
  }

  /** The token stands in a header: addresses are logged on their way. */
  async #send(
    method: 'GET' | 'POST' | 'DELETE',
    rest: string,
    body: JsonObject | undefined,
    node: string = this.#settings.audience_id,
  ): Promise<JsonObject> {
    const { api_url, api_version } = this.#settings;
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await this.#context.egress.send({
      method,
      url: `${api_url.replace(/\/+$/, '')}/${api_version}/${node}${rest}`,
      headers: { authorization: `Bearer ${this.#credentials.access_token}`, ...content },
      ...(body === undefined ? {} : { body: [Buffer.from(JSON.stringify(body))] }),
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return readMetaAnswer(answer, this.#context.clock.now());
  }

  /** HMAC-SHA256 of the token under the app's secret. */
  #proof(): Readonly<Record<string, string>> {
    const { access_token, app_secret } = this.#credentials;
    if (app_secret === undefined) return {};
    return { appsecret_proof: createHmac('sha256', app_secret).update(access_token).digest('hex') };
  }
}
