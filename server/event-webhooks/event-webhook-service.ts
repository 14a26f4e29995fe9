// Adding and removing event webhooks. The key is made here and shown once; an address that could not be called is refused at once.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isAuditEventName } from '../../audit/event.ts';
import { parseSigningKey, verificationKey } from '../../connectors/webhook/signing-key.ts';
import { readFrontier } from '../audit-log/audit-log-store.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { type ErrorPlace, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { type EventWebhook, eventWebhooks, signingKeyOf } from './event-webhook.ts';
import { HMAC_KEY_BYTES, MAX_WEBHOOKS_PER_TENANT } from './limits.ts';

export interface WebhookDraft {
  readonly url: string;
  readonly events: readonly string[];
  readonly signature: 'hmac-sha256' | 'ed25519';
}

export interface MadeWebhook {
  readonly webhook: EventWebhook;
  /** What the receiver verifies with: the secret itself, or the public key. Not shown again. */
  readonly verificationKey: string;
}

export async function createEventWebhook(
  ground: Ground,
  caller: TenantCaller,
  draft: WebhookDraft,
): Promise<MadeWebhook> {
  assertDraft(ground, draft);
  const id = newId('whk');
  const signing = signingKey(draft.signature);
  const event = {
    ...byCaller(caller),
    event: 'event-webhook.created',
    outcome: 'succeeded',
    subject: { kind: 'event-webhook', id },
    detail: { signature: draft.signature, events: [...draft.events] },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const living = await eventWebhooks.listAll(tx.trx, { tenant_id: caller.tenantId, deleted_at: null });
    if (living.length >= MAX_WEBHOOKS_PER_TENANT)
      throw new ServiceError('state_conflict', {
        detail: `There are ${living.length} event webhooks; delete one first.`,
      });
    const webhook: EventWebhook = {
      ...{ id, tenantId: caller.tenantId, url: draft.url, events: draft.events, status: 'active' },
      // From now on: the past is exported, not told.
      nextIndex: (await readFrontier(tx.trx)).size,
      ...{ attempts: 0, retryAt: null, leasedUntil: null, failure: null, toldAt: null, deletedAt: null },
      createdBy: caller.memberId,
      createdAt: instantOf(ground.clock),
    };
    await eventWebhooks.insert(tx, webhook);
    await ground.keys.addKey(tx, signingKeyOf(webhook), Buffer.from(signing));
    return webhook;
  });
  return { webhook: result, verificationKey: verificationKey(parseSigningKey(signing)!) };
}

export async function deleteEventWebhook(ground: Ground, caller: TenantCaller, id: string): Promise<void> {
  const event = {
    ...byCaller(caller),
    event: 'event-webhook.deleted',
    outcome: 'succeeded',
    subject: { kind: 'event-webhook', id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const webhook = await eventWebhooks.get(tx.trx, id, { tenant_id: caller.tenantId, deleted_at: null });
    await ground.keys.destroyKey(tx, signingKeyOf(webhook));
    await eventWebhooks.save(tx, { ...webhook, deletedAt: instantOf(ground.clock) });
  });
}

/** `noun.*` stands for every event of the noun. */
export function isChosen(events: readonly string[], name: string): boolean {
  return events.includes(name) || events.includes(`${name.slice(0, name.indexOf('.'))}.*`);
}

function assertDraft(ground: Ground, { url, events }: WebhookDraft): void {
  const parsed = URL.parse(url);
  const isOpen =
    parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && ground.config.allowPrivateDestinations);
  const faults: ErrorPlace[] = [];
  if (!isOpen || parsed?.username !== '' || parsed.password !== '')
    faults.push({ pointer: '/url', message: 'is no https URL without a user and a password' });
  events.forEach((name, i) => {
    if (!isAuditEventName(name) && !/^[a-z-]+\.\*$/.test(name))
      faults.push({
        pointer: `/events/${i}`,
        message: 'is no audit event',
        hint: 'docs/audit-events.md lists them; noun.* is all of a noun.',
      });
  });
  if (faults.length > 0) throw new ServiceError('request_invalid', { errors: faults });
}

function signingKey(signature: WebhookDraft['signature']): string {
  if (signature === 'hmac-sha256') return `whsec_${randomBytes(HMAC_KEY_BYTES).toString('base64')}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of the PKCS #8 form are the seed (RFC 8410, section 7).
  return `whsk_${privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('base64')}`;
}
