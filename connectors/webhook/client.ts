// Posts signed messages. Only 2xx is success; what a status means for the next attempt follows Standard Webhooks.
import { createHash } from 'node:crypto';
import { type Batch, rowCount } from '../kit/batches.ts';
import type {
  ClientContext,
  DestinationClient,
  NamedRows,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import type { EgressAnswer } from '../kit/egress.ts';
import { errorForStatus, ThrottledError } from '../kit/errors.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import type { Counts } from '../kit/report.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { MAX_REJECTION_CODES, TIMEOUT_MS } from './limits.ts';
import { changedBody, deliveredBody, testBody } from './payload.ts';
import type { WebhookCredentials, WebhookSettings } from './settings.ts';
import { signatureHeaders } from './signature.ts';
import { parseSigningKey, type SigningKey } from './signing-key.ts';

/** The receiver or what stands before it is overloaded. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export class WebhookClient implements DestinationClient {
  readonly #settings: WebhookSettings;
  readonly #keys: readonly SigningKey[];
  readonly #context: ClientContext;

  constructor(options: { settings: WebhookSettings; credentials: WebhookCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#context = options.context;
    const { signing_key, previous_signing_key } = options.credentials;
    const given = [signing_key, previous_signing_key].filter((key) => key !== undefined);
    this.#keys = given.map(parseSigningKey).filter((key) => key !== undefined);
  }

  async send(batch: Batch, { idempotencyKey }: SendContext): Promise<SendOutcome> {
    const answer = await this.#post(
      `msg_${idempotencyKey}`,
      changedBody(batch, this.#context.delivery, this.#settings),
    );
    return { state: 'taken', ...rejectedRows(answer, batch) };
  }

  async finish(progress: DeliveryProgress): Promise<void> {
    await this.#post(this.#ownId('delivered'), deliveredBody(progress, this.#context.delivery, this.#settings));
  }

  async test(): Promise<void> {
    await this.#post(`${this.#ownId('test')}${this.#context.clock.now()}`, testBody(this.#context.delivery));
  }

  /** The id stays the same on every attempt, so that receivers drop repeats; time and signature are the attempt's own. */
  async #post(id: string, body: Buffer): Promise<EgressAnswer> {
    const nowMs = this.#context.clock.now();
    const signed = signatureHeaders({ id, timestamp: Math.floor(nowMs / 1000), body }, this.#keys);
    const headers = { 'content-type': 'application/json', 'user-agent': 'ecluse-webhook', ...signed };
    const answer = await this.#context.egress.send({
      method: 'POST',
      url: this.#settings.url,
      headers,
      body: [body],
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], nowMs);
    if (OVERLOADED.has(answer.status)) {
      throw new ThrottledError('throttled', `the receiver answered ${answer.status}`, { retryAfterMs });
    }
    throw errorForStatus(answer.status, retryAfterMs);
  }

  #ownId(what: string): string {
    const { id } = this.#context.delivery;
    return `msg_${createHash('sha256').update(`${id}\n${what}`).digest('hex').slice(0, 32)}`;
  }
}

/**
 * A receiver may say `{"rejected": {"<code>": <rows>}}`, or name the ids in place of their number; anything else in its answer means
 * nothing to us. An id that was not sent is none.
 */
function rejectedRows(answer: EgressAnswer, batch: Batch): { rejected: Counts; named: NamedRows } {
  const sent = new Set<string>();
  batch.forEach((id) => void sent.add(id));
  const rejected: Record<string, number> = {};
  const named = new Map<string, string>();
  let left = rowCount(batch);
  for (const [code, said] of Object.entries(rejectedPart(answer.body)).slice(0, MAX_REJECTION_CODES)) {
    if (!/^[a-z0-9_]{1,64}$/.test(code)) continue;
    const ids = Array.isArray(said) ? [...new Set(said)].filter((id) => sent.has(id) && !named.has(id)) : undefined;
    const count = ids?.length ?? said;
    if (!Number.isSafeInteger(count) || Number(count) < 1) continue;
    const counted = Math.min(Number(count), left);
    if (counted > 0) rejected[code] = counted;
    for (const id of ids?.slice(0, counted) ?? []) named.set(id, code);
    left -= counted;
  }
  return { rejected, named };
}

function rejectedPart(body: Buffer): object {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as { rejected?: unknown } | null;
    return typeof parsed?.rejected === 'object' && parsed.rejected !== null ? parsed.rejected : {};
  } catch {
    return {};
  }
}
