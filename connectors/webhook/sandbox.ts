// A receiver of webhooks that does what Standard Webhooks asks of one: verifies, refuses stale and unsigned messages, drops
// repeats by their id, and keeps what it learnt.
import { type Clock, systemClock } from '../kit/clock.ts';
import {
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { verifySignature } from './signature.ts';

export interface WebhookSandboxOptions {
  readonly port?: number;
  readonly clock?: Clock;
  /** The receiver's key: a `whsec_` secret or a `whpk_` public key. */
  readonly key?: string;
  isKnownId?(id: string): boolean;
  /** Whether unknown ids are named in the answer, and not only counted. */
  readonly namesIds?: boolean;
}
export interface WebhookSandbox extends SandboxServer {
  members(): string[];
  /** How often each id was added or removed, repeats of a message not counted. */
  readonly applied: ReadonlyMap<string, number>;
  readonly messages: readonly unknown[];
}

/** For trials alone; a receiver of one's own makes its own key. */
export const SANDBOX_SIGNING_KEY = `whsec_${Buffer.from('a key that everybody may know....').toString('base64')}`;

interface ChangedMessage {
  readonly type: string;
  readonly data: { readonly added?: readonly string[]; readonly removed?: readonly string[] };
}

export async function startWebhookSandbox(options: WebhookSandboxOptions = {}): Promise<WebhookSandbox> {
  const { clock = systemClock, key = SANDBOX_SIGNING_KEY } = options;
  const answers = new Map<string, SandboxAnswer>();
  const members = new Set<string>();
  const applied = new Map<string, number>();
  const messages: ChangedMessage[] = [];

  function answer(request: SandboxRequest): SandboxAnswer {
    if (request.operation !== 'receive') return jsonAnswer(405, { error: 'POST a webhook' });
    if (request.body.length >= MAX_BODY_BYTES) return jsonAnswer(413, { error: 'too large' });
    if (!verifySignature(request.headers, request.body, { key, nowMs: clock.now() }))
      return jsonAnswer(400, { error: 'signature' });
    const id = request.headers['webhook-id'] ?? '';
    const known = answers.get(id) ?? apply(JSON.parse(request.body.toString('utf8')) as ChangedMessage);
    answers.set(id, known);
    return known;
  }

  function apply(message: ChangedMessage): SandboxAnswer {
    messages.push(message);
    if (message.type !== 'audience.changed' && message.type !== 'audience.erased') return jsonAnswer(200, {});
    const { added = [], removed = [] } = message.data;
    const unknown: string[] = [];
    for (const id of [...added, ...removed]) {
      applied.set(id, (applied.get(id) ?? 0) + 1);
      if (options.isKnownId?.(id) === false) unknown.push(id);
    }
    for (const id of added) if (options.isKnownId?.(id) !== false) members.add(id);
    for (const id of removed) members.delete(id);
    const said = options.namesIds ? unknown : unknown.length;
    return jsonAnswer(200, unknown.length === 0 ? {} : { rejected: { unknown_id: said } });
  }

  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf: (method) => (method === 'POST' ? 'receive' : 'unknown'),
    answer,
    received: () => ({ members: [...members].sort(), messages }),
  });
  return { ...server, applied, messages, members: () => [...members].sort() };
}
