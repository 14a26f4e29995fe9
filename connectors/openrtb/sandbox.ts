// A bidder that asks as one would in an auction, and the endpoint of this service before it, over real HTTP.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../kit/clock.ts';
import { type SandboxServer, startSandboxServer } from '../kit/sandbox-server.ts';
import { checkFields } from '../kit/settings.ts';
import { signatureHeaders, verifySignature } from '../webhook/signature.ts';
import { parseSigningKey } from '../webhook/signing-key.ts';
import { answerBidder, answerId, Pace } from './answer.ts';
import { memberCount, memberFile } from './member-file.ts';
import { type OpenrtbSettings, settingFields } from './settings.ts';

export interface OpenrtbSandboxOptions {
  readonly port?: number;
  readonly clock?: Clock;
  readonly settings?: Readonly<Record<string, unknown>>;
}
export interface BidderQuestion {
  readonly ids: readonly string[];
  readonly requestId?: string;
  readonly key?: string;
  readonly atMs?: number;
  /** Sent in place of what was signed. */
  readonly body?: string;
}
export interface OpenrtbSandbox extends SandboxServer {
  readonly exportRoot: string;
  readonly settings: Readonly<Record<string, string | number>>;
  /** As a bidder: throws where the answer to it is not signed for this very question. */
  ask(question: BidderQuestion): Promise<{ status: number; users: readonly { user: object }[] }>;
}

/** For trials alone. */
export const SANDBOX_KEY = `whsec_${Buffer.from('a key that every bidder may know').toString('base64')}`;

export const SANDBOX_SETTINGS = {
  ...{ data_name: 'data.example.com', segment_id: '3', eid_source: 'uidapi.com', id_type: 'customer' },
} as const;

export async function startOpenrtbSandbox(options: OpenrtbSandboxOptions = {}): Promise<OpenrtbSandbox> {
  const { clock = systemClock } = options;
  const exportRoot = await mkdtemp(join(tmpdir(), 'ecluse-openrtb-sandbox-'));
  const { values } = checkFields(settingFields, { ...SANDBOX_SETTINGS, ...options.settings });
  const seen = new Set<string>();
  const pace = new Pace();
  const answers: unknown[] = [];
  const ground = {
    ...{ settings: values as unknown as OpenrtbSettings, credentials: { signing_key: SANDBOX_KEY }, exportRoot, pace },
    isFirst: async (id: string) => seen.size < seen.add(id).size,
  };
  const path = () => memberFile(exportRoot, { settings: ground.settings, signingKey: SANDBOX_KEY });
  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf: (method, { pathname }) => (method === 'POST' && pathname === '/users' ? 'ask' : 'unknown'),
    answer: async ({ operation, headers, body }) => {
      if (operation === 'unknown') return { status: 404 };
      const {
        status,
        headers: signed,
        body: bytes,
      } = await answerBidder({ headers, body }, { ...ground, nowMs: clock.now() });
      return { status, headers: signed, body: bytes.toString('utf8') };
    },
    received: async () => ({ members: await memberCount(await path()), answers }),
  });
  const ask: OpenrtbSandbox['ask'] = async (question) => {
    const { sent, requestId } = signedQuestion(question, clock.now());
    const answer = await fetch(`${server.url}/users`, sent);
    const body = Buffer.from(await answer.arrayBuffer());
    answers.push({ asked: question.ids, status: answer.status, answer: JSON.parse(body.toString('utf8')) });
    if (answer.status !== 200) return { status: answer.status, users: [] };
    const headers = Object.fromEntries(answer.headers);
    const isForThis = headers['webhook-id'] === answerId(requestId);
    if (!isForThis || !verifySignature(headers, body, { key: SANDBOX_KEY, nowMs: clock.now() })) {
      throw new Error('the answer is not signed for this question');
    }
    return { status: 200, ...(JSON.parse(body.toString('utf8')) as { users: { user: object }[] }) };
  };
  return {
    ...server,
    exportRoot,
    settings: { ...SANDBOX_SETTINGS, ...(options.settings as Record<string, string | number> | undefined) },
    ask,
    close: async () => {
      await server.close();
      await rm(exportRoot, { recursive: true, force: true });
    },
  };
}

let questions = 0;

function signedQuestion(question: BidderQuestion, nowMs: number): { sent: RequestInit; requestId: string } {
  const requestId = question.requestId ?? `bidder-question-${++questions}`;
  const body = Buffer.from(JSON.stringify({ ids: question.ids }));
  const timestamp = Math.floor((question.atMs ?? nowMs) / 1_000);
  const key = parseSigningKey(question.key ?? SANDBOX_KEY)!;
  const headers = {
    ...signatureHeaders({ id: requestId, timestamp, body }, [key]),
    'content-type': 'application/json',
  };
  return { requestId, sent: { method: 'POST', headers, body: question.body ?? body.toString('utf8') } };
}
