// Tells event webhooks what was logged: signed as Standard Webhooks has it, over the connectors' guarded way out, in the order of the
// log, again until it is taken. A message names ids alone; whoever receives it reads the rest with a key.
import { openEgress } from '../../connectors/kit/egress.ts';
import { DeliveryError } from '../../connectors/kit/errors.ts';
import { signatureHeaders } from '../../connectors/webhook/signature.ts';
import { parseSigningKey, type SigningKey } from '../../connectors/webhook/signing-key.ts';
import { readFrontier, type StoredEvent } from '../audit-log/audit-log-store.ts';
import { eachEvent } from '../audit-log/event-search.ts';
import { asService, asTenant } from '../database/row-scope.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { ANY_ADDRESS } from '../destinations/connector-options.ts';
import type { Ground } from '../ground.ts';
import { type EventWebhook, eventWebhookMapping, signingKeyOf } from './event-webhook.ts';
import { isChosen } from './event-webhook-service.ts';
import {
  ANSWER_TIMEOUT_MS,
  EVENTS_PER_TURN,
  FIRST_RETRY_MS,
  GREATEST_RETRY_MS,
  LEASE_MS,
  TELL_INTERVAL_MS,
} from './limits.ts';

export class EventTeller {
  readonly #ground: Ground;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  start(): void {
    this.#timer = setInterval(() => this.#next(), TELL_INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort(new Error('the service ends'));
    await this.#running;
  }

  #next(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#running = tellWebhooks(this.#ground, this.#ending.signal)
      .catch((error: Error) => this.#ground.log.error({ err: error.name }, 'event webhooks could not be told'))
      .finally(() => {
        this.#isBusy = false;
      });
  }
}

/** One turn: every address that is due, beside each other. */
export function tellWebhooks(ground: Ground, signal: AbortSignal): Promise<void> {
  return asService(async () => {
    const { size } = await readFrontier(ground.db.knex);
    const due = await listDue(ground, size);
    await Promise.all(
      due.map((webhook) => asTenant(webhook.tenantId, () => tellOne(ground, webhook, { size, signal }))),
    );
  });
}

async function listDue({ db, clock }: Ground, size: number): Promise<EventWebhook[]> {
  const now = clock.now().toISOString();
  const rows = await db
    .knex('event_webhooks')
    .whereNull('deleted_at')
    .whereNot({ status: 'gone' })
    .where('next_index', '<', size)
    .where((due) => due.whereNull('retry_at').orWhere('retry_at', '<=', now))
    .where((free) => free.whereNull('leased_until').orWhere('leased_until', '<=', now));
  return rows.map((row) => eventWebhookMapping.fromRow(row));
}

async function tellOne(
  ground: Ground,
  webhook: EventWebhook,
  { size, signal }: { size: number; signal: AbortSignal },
): Promise<void> {
  if (!(await lease(ground, webhook))) return;
  let nextIndex = webhook.nextIndex;
  try {
    const keys = await keysOf(ground, webhook);
    let told = 0;
    for await (const event of eachEvent(ground.db.knex, {
      tenantId: webhook.tenantId,
      fromIndex: nextIndex,
      endIndex: size,
    })) {
      if (told === EVENTS_PER_TURN) return await save(ground, webhook, { nextIndex, ...TAKEN, leasedUntil: null });
      if (isChosen(webhook.events, event.event.event)) {
        await post(ground, webhook, { event, keys, signal });
        told += 1;
        await save(ground, webhook, { ...TAKEN, nextIndex: event.index + 1, toldAt: ground.clock.now().toISOString() });
      }
      nextIndex = event.index + 1;
    }
    await save(ground, webhook, { nextIndex: size, ...TAKEN, leasedUntil: null });
  } catch (error) {
    await save(ground, webhook, { ...failed(ground, webhook, error), nextIndex, leasedUntil: null });
  }
}

const TAKEN = { status: 'active', attempts: 0, retryAt: null, failure: null } as const;

/** Several processes may serve one database: only one tells an address at a time. */
async function lease({ db, clock }: Ground, { id, leasedUntil }: EventWebhook): Promise<boolean> {
  const leased_until = new Date(clock.now().getTime() + LEASE_MS).toISOString();
  const changed = await writeTransaction(db, (trx) =>
    trx('event_webhooks').where({ id, leased_until: leasedUntil }).update({ leased_until }),
  );
  return changed > 0;
}

// How far an address has got is no change of anything: the event that it was told of is in the log already.
async function save({ db }: Ground, { id }: EventWebhook, change: Partial<EventWebhook>): Promise<void> {
  const { events: _, ...columns } = eventWebhookMapping.toRow({ events: [], ...change } as unknown as EventWebhook);
  const known = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  await writeTransaction(db, (trx) => trx('event_webhooks').where({ id }).update(known));
}

function failed({ clock }: Ground, webhook: EventWebhook, error: unknown): Partial<EventWebhook> {
  const failure = error instanceof DeliveryError ? error.code : error instanceof NotTaken ? error.code : 'internal';
  const attempts = webhook.attempts + 1;
  const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), GREATEST_RETRY_MS);
  const retryAt = new Date(clock.now().getTime() + pauseMs).toISOString();
  return { status: failure === 'answered_410' ? 'gone' : 'failing', attempts, retryAt, failure };
}

async function keysOf(ground: Ground, webhook: EventWebhook): Promise<SigningKey[]> {
  const { key } = await ground.keys.getKey(signingKeyOf(webhook));
  const parsed = parseSigningKey(Buffer.from(key).toString('utf8'));
  return parsed === undefined ? [] : [parsed];
}

async function post(
  ground: Ground,
  { url }: EventWebhook,
  { event, keys, signal }: { event: StoredEvent; keys: SigningKey[]; signal: AbortSignal },
): Promise<void> {
  const network = ground.config.allowPrivateDestinations ? { allowedAddresses: ANY_ADDRESS } : {};
  const egress = openEgress({ network, hosts: [new URL(url).hostname], signal });
  try {
    const body = bodyOf(event);
    const timestamp = Math.floor(ground.clock.now().getTime() / 1000);
    const signed = signatureHeaders({ id: `msg_${event.event.id}`, timestamp, body }, keys);
    const headers = { 'content-type': 'application/json', 'user-agent': 'ecluse-events', ...signed };
    const answer = await egress.send({ method: 'POST', url, headers, body: [body], timeoutMs: ANSWER_TIMEOUT_MS });
    if (answer.status < 200 || answer.status >= 300) throw new NotTaken(answer.status);
  } finally {
    egress.close();
  }
}

/** Ids and words of the contract; of the detail nothing. */
function bodyOf({ index, event }: StoredEvent): Buffer {
  const { id, tenantId, actor, outcome, subject } = event;
  const data = { event_id: id, index, tenant_id: tenantId, outcome, subject, actor };
  return Buffer.from(JSON.stringify({ type: event.event, timestamp: event.instant, data }));
}

class NotTaken extends Error {
  readonly code: string;
  constructor(status: number) {
    super('the receiver did not take a message');
    this.code = `answered_${status}`;
  }
}
