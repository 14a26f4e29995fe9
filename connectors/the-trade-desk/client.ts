// Sends first-party data to the Data API: one request a batch, and for removals a data subject request where it is asked for.
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendContext, SendOutcome } from '../kit/define-destination.ts';
import type { EgressAnswer } from '../kit/egress.ts';
import { namedBy, type RowFault, sendSifted } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { errorOf, type FailedItems, failedItems, namedItems } from './answers.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { advertiserBody, type Row, subjectRequestBody } from './payload.ts';
import { dataUrl } from './regions.ts';
import type { TradeDeskCredentials, TradeDeskSettings } from './settings.ts';
import { bodySignature } from './signature.ts';
import { TradeDeskTokens } from './tokens.ts';

interface ReadAnswer {
  readonly failed: FailedItems;
  readonly named: ReadonlyMap<string, string>;
}
interface Sent<Row> {
  readonly answers: readonly ReadAnswer[];
  readonly faults: readonly RowFault<Row>[];
}

export class TradeDeskClient implements DestinationClient {
  readonly #settings: TradeDeskSettings;
  readonly #credentials: TradeDeskCredentials;
  readonly #context: ClientContext;
  readonly #tokens: TradeDeskTokens;

  constructor(options: { settings: TradeDeskSettings; credentials: TradeDeskCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#credentials = options.credentials;
    this.#context = options.context;
    this.#tokens = new TradeDeskTokens({ ...options, authUrl: options.settings.auth_url });
  }

  /** There is no idempotency key and none is needed: membership is a set, and a repeat only renews its lifetime. */
  async send(batch: Batch, { idempotencyKey }: SendContext): Promise<SendOutcome> {
    const rows: Row[] = [];
    batch.forEach((id, isRemoval) => {
      rows.push({ id, isRemoval });
    });
    const segment = await sendSifted(rows, (part) =>
      this.#call(
        '/data/advertiser',
        advertiserBody(part, this.#settings, idempotencyKey),
        part.map(({ id }) => id),
      ),
    );
    const named = namedOf(segment, ({ id }) => id);
    const rejected = segment.answers.reduce(countedByCode, segment.rejected);
    const removal = batch.erase ? 'deletion' : this.#settings.removal;
    if (removal === 'segment') return { state: 'taken', rejected, named };
    const removed = rows.filter(({ isRemoval }) => isRemoval).map(({ id }) => id);
    const settings = { ...this.#settings, removal };
    const requests = await sendSifted(removed, (part) =>
      this.#call('/data/deletion-optout/advertiser', subjectRequestBody(part, settings, idempotencyKey), part),
    );
    for (const [id, code] of namedOf(requests, (id) => id)) named.set(id, code);
    const refused = requests.answers.reduce(countedByCode, requests.rejected);
    const erasure = Object.keys(refused).length === 0 ? 'erased' : 'removed_only';
    return { state: 'taken', rejected: atMost(refused, rejected), named, erasure };
  }

  async reauthenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  /** A request without items is answered with 200 or 400 [?]; either shows that the credentials were taken before. */
  async test(): Promise<void> {
    const answer = await this.#post('/data/advertiser', advertiserBody([], this.#settings, 'test'));
    if (answer.status !== 200 && answer.status !== 400) throw errorOf(answer, this.#context.clock.now());
  }

  async #call(path: string, body: Buffer, ids: readonly string[]): Promise<ReadAnswer> {
    const answer = await this.#post(path, body);
    const failed = failedItems(answer, ids.length, this.#context.clock.now());
    return { failed, named: namedItems(answer, new Set(ids)) };
  }

  async #post(path: string, body: Buffer): Promise<EgressAnswer> {
    return this.#context.egress.send({
      method: 'POST',
      url: dataUrl(this.#settings) + path,
      headers: { 'content-type': 'application/json', ...(await this.#authentication(body)) },
      body: [body],
      timeoutMs: CALL_TIMEOUT_MS,
    });
  }

  async #authentication(body: Buffer): Promise<Record<string, string>> {
    const { advertiser_secret, provider_secret } = this.#credentials;
    const token = await this.#tokens.find();
    if (token !== undefined) return { 'ttd-auth': token };
    return {
      ...(advertiser_secret === undefined ? {} : { ttdsignature: bodySignature(body, advertiser_secret) }),
      ...(provider_secret === undefined ? {} : { 'ttdsignature-dp': bodySignature(body, provider_secret) }),
    };
  }
}

function namedOf<Row>(sent: Sent<Row>, idOf: (row: Row) => string): Map<string, string> {
  const named = namedBy(sent.faults, idOf);
  for (const answer of sent.answers) for (const [id, code] of answer.named) named.set(id, code);
  return named;
}

function countedByCode(counts: Counts, { failed }: ReadAnswer): Counts {
  return [...failed.values()].reduce((sum, code) => addCounts(sum, { [code]: 1 }), counts);
}

/** A removal refused by both calls is one row: of each code the larger count stands. */
function atMost(left: Counts, right: Counts): Counts {
  const codes = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries([...codes].map((code) => [code, Math.max(left[code] ?? 0, right[code] ?? 0)]));
}
