// Audiences for bidders: the conformance suite, and an endpoint that tells nobody who is in the audience but one person at a time.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { describeConformance } from '../kit/conformance.ts';
import { deliverOptions, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { deliver } from '../kit/deliver.ts';
import { SANDBOX_SIGNING_KEY } from '../webhook/sandbox.ts';
import { openrtb } from './destination.ts';
import { DigestChanges } from './digest-changes.ts';
import { MAX_IDS_PER_REQUEST, MAX_REQUESTS_PER_SECOND } from './limits.ts';
import { areMembers, digestOf, memberCount, memberFile, mergeMembers, storeKeyOf } from './member-file.ts';
import { askedIds, usersBody } from './payload.ts';
import { type OpenrtbSandbox, SANDBOX_KEY, SANDBOX_SETTINGS, startOpenrtbSandbox } from './sandbox.ts';
import type { OpenrtbSettings } from './settings.ts';

const idAt = (index: number): string => `customer-${String(index).padStart(6, '0')}`;
const settings = { segtax: 4, eid_atype: 3, ...SANDBOX_SETTINGS } as OpenrtbSettings;
const candidates = Array.from({ length: 120 }, (_, index) => idAt(index));

async function membersIn(exportRoot: string): Promise<string[]> {
  const key = storeKeyOf(SANDBOX_KEY);
  const path = await memberFile(exportRoot, { settings, signingKey: SANDBOX_KEY });
  const are = await areMembers(
    path,
    candidates.map((id) => digestOf(id, key)),
  );
  return candidates.filter((_, at) => are[at]);
}

describeConformance({
  destination: openrtb,
  erasure: 'erased',
  idAt,
  invalidIds: ['', 'a b', 'line\nbreak', 'x'.repeat(513), '\ud800', 'janedoe@example.com'],
  invalidSettings: [
    { change: { data_name: 'no domain' }, pointer: '/settings/data_name' },
    { change: { segment_id: '1559' }, pointer: '/settings/segment_id' },
    { change: { segment_id: 'hikers' }, pointer: '/settings/segment_id' },
    { change: { eid_source: '' }, pointer: '/settings/eid_source' },
    { change: { id_type: 'platform-digest' }, pointer: '/settings/id_type' },
    { change: { max_rows_per_batch: 0 }, pointer: '/settings/max_rows_per_batch' },
    { change: { eid_atype: 0 }, pointer: '/settings/eid_atype' },
  ],
  start: async (clock) => {
    const sandbox = await startOpenrtbSandbox({ clock });
    const root = sandbox.exportRoot;
    return {
      settings: { ...sandbox.settings, max_rows_per_batch: 30 },
      credentials: { signing_key: SANDBOX_KEY },
      exportRoot: root,
      members: () => membersIn(root).catch(() => []),
      traffic: async () => (await readdir(root, { recursive: true })).length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => {
            renameSync(root, `${root}.unmounted`);
            clock.onSleep = () => renameSync(`${root}.unmounted`, root);
          },
        ],
        permanent: () => writeFileSync(join(root, '.openrtb'), 'a file stands where the folder is due'),
      },
    };
  },
});

describe('a bidder', () => {
  let sandbox: OpenrtbSandbox;
  let clock: FakeClock;
  beforeEach(async () => {
    clock = new FakeClock();
    sandbox = await startOpenrtbSandbox({ clock });
  });
  afterEach(() => sandbox.close());

  async function send(changes: readonly ActivationChange[], more: { isWhole?: boolean } = {}) {
    const world = { settings: { ...sandbox.settings }, credentials: { signing_key: SANDBOX_KEY } };
    const unused = () => Promise.reject(new Error('unused'));
    const exchange = {
      clock,
      subject: { destination: openrtb, idAt, invalidIds: [], invalidSettings: [], start: unused },
      world: {
        ...{ ...world, exportRoot: sandbox.exportRoot, faults: { permanent: () => undefined } },
        ...{ members: unused, traffic: unused, close: unused },
      },
    };
    const store = new ProgressStore(`dlv_${Math.random()}`, clock);
    return deliver(openrtb, { ...deliverOptions(exchange, store, changes), ...more });
  }
  const add = (...ids: string[]): ActivationChange[] => ids.map((id) => ({ id, change: 'add' }));

  it('is told the segment and the id of a member, and of a stranger nothing, in the order it asked', async () => {
    await send(add('customer-1'));
    const { users } = await sandbox.ask({ ids: ['customer-1', 'customer-2'] });
    const fixture = readFileSync(new URL('fixtures/a-member-and-a-stranger.json', import.meta.url), 'utf8');
    expect({ users }).toEqual(JSON.parse(fixture));
    expect(usersBody(['customer-1', 'customer-2'], [true, false], settings).toString()).toBe(fixture);
  });

  it('is told alike of who left, who was erased and who was never there', async () => {
    await send(add('customer-1', 'customer-2'));
    await send([{ id: 'customer-1', change: 'remove' }]);
    expect(await send([{ id: 'customer-2', change: 'remove', erase: true }])).toMatchObject({ erasure: 'erased' });
    const { users } = await sandbox.ask({ ids: ['customer-1', 'customer-2', 'customer-3'] });
    expect(users).toEqual([{ user: {} }, { user: {} }, { user: {} }]);
  });

  it('finds nobody of an earlier audience once a whole one was delivered, not even of an empty one', async () => {
    await send(add('customer-1', 'customer-2'));
    await send(add('customer-2'), { isWhole: true });
    expect((await sandbox.ask({ ids: ['customer-1', 'customer-2'] })).users[0]).toEqual({ user: {} });
    await send([], { isWhole: true });
    expect((await sandbox.ask({ ids: ['customer-2'] })).users).toEqual([{ user: {} }]);
  });

  it.each([
    ['with another key', { key: SANDBOX_SIGNING_KEY }],
    ['an hour ago', { atMs: 1_900_000_000_000 - 3_600_000 }],
    ['for two minutes from now', { atMs: 1_900_000_000_000 + 120_000 }],
    ['for other ids', { body: '{"ids":["customer-2"]}' }],
    ['under an id too short to be one', { requestId: 'x' }],
  ])('that signs %s is refused', async (_how, wrong) => {
    expect(await sandbox.ask({ ids: ['customer-1'], ...wrong })).toEqual({ status: 401, users: [] });
  });

  it('is answered a question once', async () => {
    expect((await sandbox.ask({ ids: ['customer-1'], requestId: 'question-1' })).status).toBe(200);
    expect((await sandbox.ask({ ids: ['customer-1'], requestId: 'question-1' })).status).toBe(409);
    expect((await sandbox.ask({ ids: ['customer-1'], requestId: 'question-2' })).status).toBe(200);
  });

  it('is held to a pace, and answered again a second later', async () => {
    for (let asked = 0; asked < MAX_REQUESTS_PER_SECOND; asked++) {
      expect((await sandbox.ask({ ids: ['customer-1'] })).status).toBe(200);
    }
    expect((await sandbox.ask({ ids: ['customer-1'] })).status).toBe(429);
    await clock.sleep(1_000);
    expect((await sandbox.ask({ ids: ['customer-1'] })).status).toBe(200);
  });

  it('cannot have a list: it asks by ids, a hundred at most, and nothing else is a question', async () => {
    const many = Array.from({ length: MAX_IDS_PER_REQUEST + 1 }, (_, index) => idAt(index));
    expect((await sandbox.ask({ ids: many })).status).toBe(400);
    expect((await sandbox.ask({ ids: [] })).status).toBe(400);
    expect((await fetch(`${sandbox.url}/users`)).status).toBe(404);
    for (const body of [
      '{"ids":["a"],"prefix":""}',
      '{"ids":"a"}',
      '[]',
      'null',
      '{',
      '{"ids":["a@b.example"]}',
      '{"ids":[1]}',
    ]) {
      expect(askedIds(Buffer.from(body)), body).toBeUndefined();
    }
  });

  it('leaves a record of what it asked and was told', async () => {
    await send(add('customer-1'));
    await sandbox.ask({ ids: ['customer-1'] });
    const received = await (await fetch(`${sandbox.url}/sandbox/received`)).json();
    expect(received).toMatchObject({ members: 1, answers: [{ asked: ['customer-1'], status: 200 }] });
  });
});

describe('the file of members', () => {
  it('holds no id, and answers under its own key and settings alone', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ecluse-openrtb-'));
    const of = { settings, signingKey: SANDBOX_KEY };
    const path = await memberFile(root, of);
    const digest = digestOf('customer-1', storeKeyOf(SANDBOX_KEY));
    const changes = new DigestChanges(1);
    changes.push(digest, false);
    await mergeMembers(path, changes, { replaces: false });
    expect((await readFile(path)).includes('customer-1')).toBe(false);
    expect(await areMembers(path, [digestOf('customer-1', storeKeyOf(SANDBOX_SIGNING_KEY))])).toEqual([false]);
    expect(await memberFile(root, { settings: { ...settings, segment_id: '4' }, signingKey: SANDBOX_KEY })).not.toBe(
      path,
    );
    expect(await memberFile(root, { settings, signingKey: SANDBOX_SIGNING_KEY })).not.toBe(path);
  });

  it('is what a set would be, after any changes in any order', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ecluse-openrtb-'));
    const key = storeKeyOf(SANDBOX_KEY);
    const changes = fc.array(fc.uniqueArray(fc.tuple(fc.nat(20), fc.boolean()), { selector: ([n]) => n }), {
      maxLength: 4,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (batches) => {
        const path = join(root, `${++run}`, 'members');
        const expected = new Set<number>();
        for (const batch of batches) {
          const merged = new DigestChanges(batch.length);
          for (const [n, isRemoval] of batch) merged.push(digestOf(String(n), key), isRemoval);
          await mergeMembers(path, merged, { replaces: false });
          for (const [n, isRemoval] of batch) isRemoval ? expected.delete(n) : expected.add(n);
        }
        const all = Array.from({ length: 21 }, (_, n) => n);
        const are = await areMembers(
          path,
          all.map((n) => digestOf(String(n), key)),
        );
        expect(all.filter((n) => are[n])).toEqual([...expected].sort((left, right) => left - right));
        expect(await memberCount(path)).toBe(expected.size);
      }),
      { numRuns: 40 },
    );
  });
});
