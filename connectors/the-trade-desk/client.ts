// Sends first-party data to the Data API: one request a batch, and for removals a data subject request where it is asked for.
import type { Batch } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendContext, SendOutcome } from '../kit/define-destination.ts';
import type { EgressAnswer } from '../kit/egress.ts';
import { sendSifted } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { errorOf, type FailedItems, failedItems } from './answers.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { advertiserBody, type Row, subjectRequestBody } from './payload.ts';
import { dataUrl } from './regions.ts';
import type { TradeDeskCredentials, TradeDeskSettings } from './settings.ts';
import { bodySignature } from './signature.ts';
import { TradeDeskTokens } from './tokens.ts';

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
      this.#call('/data/advertiser', advertiserBody(part, this.#settings, idempotencyKey), part.length),
    );
    const rejected = segment.answers.reduce(countedByCode, segment.rejected);
    const removal = batch.erase ? 'deletion' : this.#settings.removal;
    if (removal === 'segment') return { state: 'taken', rejected };
    const removed = rows.filter(({ isRemoval }) => isRemoval).map(({ id }) => id);
    const settings = { ...this.#settings, removal };
    const requests = await sendSifted(removed, (part) =>
      this.#call('/data/deletion-optout/advertiser', subjectRequestBody(part, settings, idempotencyKey), part.length),
    );
    const refused = requests.answers.reduce(countedByCode, requests.rejected);
    const erasure = Object.keys(refused).length === 0 ? 'erased' : 'removed_only';
    return { state: 'taken', rejected: atMost(refused, rejected), erasure };
  }

  async reauthenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  /** A request without items is answered with 200 or 400 [?]; either shows that the credentials were taken before. */
  async test(): Promise<void> {
    const answer = await this.#post('/data/advertiser', advertiserBody([], this.#settings, 'test'));
    if (answer.status !== 200 && answer.status !== 400) throw errorOf(answer, this.#context.clock.now());
  }

  async #call(path: string, body: Buffer, rows: number): Promise<FailedItems> {
    return failedItems(await this.#post(path, body), rows, this.#context.clock.now());
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

function countedByCode(counts: Counts, failed: FailedItems): Counts {
  return [...failed.values()].reduce((sum, code) => addCounts(sum, { [code]: 1 }), counts);
}

/** A removal refused by both calls is one row: of each code the larger count stands. */
function atMost(left: Counts, right: Counts): Counts {
  const codes = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries([...codes].map((code) => [code, Math.max(left[code] ?? 0, right[code] ?? 0)]));
}
