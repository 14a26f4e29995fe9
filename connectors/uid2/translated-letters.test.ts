// Rows that a platform did not take, with an operator of UID2 in front: a letter names the digests of the dataset, never the operator's ids.
import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import type { BatchLetter } from '../kit/batch-letter.ts';
import {
  type ConformanceSubject,
  type ConformanceWorld,
  deliverOptions,
  FakeClock,
  ProgressStore,
} from '../kit/conformance-world.ts';
import { deliver } from '../kit/deliver.ts';
import { webhook } from '../webhook/destination.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox, type WebhookSandbox } from '../webhook/sandbox.ts';
import { type OperatorSandbox, SANDBOX_API_KEY, SANDBOX_SECRET, startOperatorSandbox } from './sandbox.ts';
import { withIdOperator } from './translated-destination.ts';

let operator: OperatorSandbox | undefined;
let receiver: WebhookSandbox | undefined;
afterEach(async () => {
  await operator?.close();
  await receiver?.close();
});

const destination = withIdOperator(webhook);
const digestOf = (person: number): string => createHash('sha256').update(`person ${person}`).digest('base64');
const everybody = Array.from({ length: 40 }, (_, person) => ({ id: digestOf(person), change: 'add' as const }));

/** Persons 3 and 21 are unknown to the receiver; person 8 has opted out with the operator. */
async function begin(namesIds: boolean) {
  const clock = new FakeClock();
  const asked = await startOperatorSandbox({ clock });
  operator = asked;
  const strangers = new Set([3, 21].map((person) => asked.idOf(digestOf(person))));
  receiver = await startWebhookSandbox({ clock, namesIds, isKnownId: (id) => !strangers.has(id) });
  asked.optedOut.add(digestOf(8));
  const world = {
    settings: {
      ...{ url: `${receiver.url}/hook`, id_type: 'uid2', max_body_bytes: 1_500 },
      ...{ id_operator: 'uid2', id_operator_url: asked.url },
    },
    credentials: {
      ...{ signing_key: SANDBOX_SIGNING_KEY, id_operator_key: SANDBOX_API_KEY, id_operator_secret: SANDBOX_SECRET },
    },
  } as unknown as ConformanceWorld;
  const exchange = { clock, world, subject: { destination } as unknown as ConformanceSubject };
  const kept: { letter: BatchLetter; ids: readonly string[] }[] = [];
  const keepLetter = (letter: BatchLetter, ids: readonly string[]) => void kept.push({ letter, ids });
  const store = new ProgressStore('dlv_1', clock);
  const send = () => deliver(destination, { ...deliverOptions(exchange, store, everybody), keepLetter });
  return { asked, send, kept, store, exchange };
}

it('a receiver that names ids has a letter of exactly the digests behind them', async () => {
  const { send, kept } = await begin(true);
  expect(await send()).toMatchObject({ rejectedByPlatform: { unknown_id: 2 }, invalid: { opted_out: 1 } });
  const rejected = kept.filter(({ letter }) => letter.kind === 'rejected_rows');
  expect(rejected.flatMap(({ ids }) => ids).sort()).toEqual([digestOf(3), digestOf(21)].sort());
  expect(rejected.every(({ letter }) => letter.codes.unknown_id === letter.rows)).toBe(true);
});

it('one that only counts has a letter of the whole batch, still by digests', async () => {
  const { send, kept } = await begin(false);
  await send();
  const ids = kept.filter(({ letter }) => letter.kind === 'rejected_rows').flatMap((one) => one.ids);
  expect(ids).toEqual(expect.arrayContaining([digestOf(3), digestOf(21)]));
  expect(ids.every((id) => everybody.some((change) => change.id === id))).toBe(true);
});

it('who opted out is a letter without an id', async () => {
  const { send, kept } = await begin(true);
  await send();
  const invalid = kept.filter(({ letter }) => letter.kind === 'invalid_rows');
  expect(invalid).toMatchObject([{ letter: { codes: { opted_out: 1 } }, ids: [] }]);
});

it('ids that rotate before the letter is written leave its counts, and nobody else’s ids in it', async () => {
  const { asked, send, kept, store, exchange } = await begin(true);
  // The end of the delivery is kept, and the process ends before its letters are.
  await deliver(destination, deliverOptions(exchange, store, everybody));
  asked.rotate();
  await send();
  const rejected = kept.filter(({ letter }) => letter.kind === 'rejected_rows');
  expect(rejected.flatMap(({ ids }) => ids)).toEqual([]);
  expect(rejected.reduce((sum, { letter }) => sum + (letter.codes.unknown_id ?? 0), 0)).toBe(2);
});
