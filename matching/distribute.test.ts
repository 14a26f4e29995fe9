// What leaves, against a plain model, on both engines: consent by class, suppression last, deltas that a platform follows.

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideOn, type Unreleased } from '../policies/release.ts';
import { dropAudience } from './audience.ts';
import { ACTIVATION_COLUMN, fillKeys, fillMembers, fillPeople, IDS, type PersonRow } from './audience-fixture.ts';
import { type DeliverableCounts, type DeliverableRequest, selectDeliverable } from './distribute.ts';
import { listAudienceConsentClasses } from './distribute-consent.ts';
import { type ActivationChange, deliveryDelta, dropSelection, recordDelivered } from './distribute-delta.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { addSuppressions, contributeSuppression, dropSuppression } from './suppression.ts';
import { suppressionChecks } from './suppression-check.ts';
import { membersTable } from './tables.ts';

const KEYS = { left: Buffer.alloc(32, 1), right: Buffer.alloc(32, 2), collaboration: Buffer.alloc(32, 3) };

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function matchKey(key: Buffer, token: string): string {
  return createCipheriv('aes-256-ecb', key, null)
    .setAutoPadding(false)
    .update(digest(token).slice(0, 32), 'hex', 'hex');
}

/** Tests stand inside the chamber: a decision callback is the one place that sees a value, and this one keeps it. */
function seen<T>(container: Unreleased<T>): T {
  let value: { is: T } | undefined;
  try {
    decideOn(container, (inner) => {
      value = { is: inner };
      throw new Error('no decision');
    });
  } catch {
    // The value is what was wanted.
  }
  if (value === undefined) throw new Error('nothing to see');
  return value.is;
}

interface Person {
  readonly consentClass: number;
  readonly ids: readonly string[];
  readonly tokens: readonly string[];
}

interface World {
  readonly left: readonly Person[];
  readonly right: readonly Person[];
  readonly members: readonly (readonly [number, number])[];
  readonly leftList: readonly string[];
  readonly rightList: readonly string[];
  readonly refusedClasses: readonly number[];
}

/** Classes are refused on either side; persons of the left are delivered. */
function allowedIds(world: World): { ids: string[]; barred: Set<string>; persons: Set<number> } {
  const lists = new Set([...world.leftList, ...world.rightList]);
  const isListed = (person: Person | undefined) => person?.tokens.some((token) => lists.has(token)) ?? false;
  const consents = (person: Person | undefined) => !world.refusedClasses.includes(person?.consentClass ?? -1);
  const refused = new Set<number>();
  world.left.forEach((person, n) => {
    if (isListed(person)) refused.add(n);
  });
  for (const [l, r] of world.members) {
    const [left, right] = [world.left[l], world.right[r]];
    if (isListed(right) || !consents(left) || !consents(right)) refused.add(l);
  }
  const barred = new Set([...refused].flatMap((n) => world.left[n]?.ids ?? []));
  const persons = new Set(world.members.map(([l]) => l).filter((l) => !refused.has(l)));
  const ids = new Set([...persons].flatMap((l) => world.left[l]?.ids ?? []).filter((id) => !barred.has(id)));
  return { ids: [...ids].sort(), barred, persons };
}

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let scratchDir: string;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    scratchDir = await mkdtemp(join(tmpdir(), 'ecluse-distribute-'));
  });
  afterAll(async () => {
    await opened.close();
    await rm(scratchDir, { recursive: true, force: true });
  });

  async function settle(world: World): Promise<void> {
    const rows = (people: readonly Person[], key: Buffer): PersonRow[] =>
      people.map((person) => ({
        consentClass: person.consentClass,
        activationIds: person.ids,
        keys: person.tokens.map((token) => matchKey(key, token)),
      }));
    await Promise.all([
      fillPeople(engine, IDS.leftVersion, rows(world.left, KEYS.left)),
      fillPeople(engine, IDS.rightVersion, rows(world.right, KEYS.right)),
      fillKeys(engine, IDS.leftContribution, rows(world.left, KEYS.collaboration)),
      fillKeys(engine, IDS.rightContribution, rows(world.right, KEYS.collaboration)),
      fillMembers(engine, IDS.audience, world.members),
      suppress(IDS.list, KEYS.left, world.leftList),
      suppress(IDS.otherList, KEYS.right, world.rightList),
    ]);
  }

  async function suppress(list: string, tenantKey: Buffer, tokens: readonly string[]): Promise<void> {
    await dropSuppression(engine, list);
    await addSuppressions(engine, { list, tenantKey, digests: tokens.map(digest), scratchDir });
    const collaborationKey = KEYS.collaboration;
    await contributeSuppression(engine, { list, collaboration: IDS.collaboration, tenantKey, collaborationKey });
  }

  function request(world: World, selection: string): DeliverableRequest {
    const classes = [0, 1, 2];
    return {
      selection,
      audience: IDS.audience,
      people: { left: IDS.leftVersion, right: IDS.rightVersion },
      deliveredSide: 'left',
      activationColumn: ACTIVATION_COLUMN,
      verdicts: classes.flatMap((left) =>
        classes.map((right) => ({
          left,
          right,
          refusal: [left, right].some((id) => world.refusedClasses.includes(id))
            ? ('consent_purpose' as const)
            : undefined,
        })),
      ),
      suppressions: suppressionChecks(
        [
          { side: 'left', version: IDS.leftVersion, contribution: IDS.leftContribution, lists: [IDS.list] },
          { side: 'right', version: IDS.rightVersion, contribution: IDS.rightContribution, lists: [IDS.otherList] },
        ],
        IDS.collaboration,
      ),
    };
  }

  async function changesOf(delivery: string, world?: World): Promise<ActivationChange[]> {
    if (world !== undefined) await selectDeliverable(engine, request(world, delivery));
    const delta = await deliveryDelta(engine, { delivery, audience: IDS.audience, destination: IDS.destination });
    const changes: ActivationChange[] = [];
    for await (const page of seen(delta.changes)) changes.push(...page);
    expect(seen(delta.counts)).toEqual({
      added: changes.filter(({ change }) => change === 'add').length,
      removed: changes.filter(({ change }) => change === 'remove').length,
    });
    return changes;
  }

  function told(platform: Set<string>, changes: readonly ActivationChange[]): void {
    for (const { id, change } of changes) {
      if (change === 'add') platform.add(id);
      else platform.delete(id);
    }
  }

  const record = (delivery: string) =>
    recordDelivered(engine, { delivery, audience: IDS.audience, destination: IDS.destination });

  async function forget(): Promise<void> {
    await dropAudience(engine, IDS.audience);
    const deliveries = [IDS.delivery, IDS.secondDelivery, IDS.thirdDelivery];
    await Promise.all(deliveries.map((delivery) => dropSelection(engine, delivery)));
  }

  const person = fc.record({
    consentClass: fc.integer({ min: 0, max: 2 }),
    ids: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'), {
      maxLength: 3,
    }),
    tokens: fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6'), { maxLength: 2 }),
  });
  const tokens = fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k9'), { maxLength: 2 });
  const world: fc.Arbitrary<World> = fc.record({
    left: fc.array(person, { minLength: 10, maxLength: 10 }),
    right: fc.array(person, { minLength: 8, maxLength: 8 }),
    members: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 7 })), {
      maxLength: 12,
      selector: ([left, right]) => `${left}-${right}`,
    }),
    leftList: tokens,
    rightList: tokens,
    refusedClasses: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 1 }),
  });

  test('a refused or suppressed person is nowhere in what a platform holds, whatever was delivered before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(world, { minLength: 2, maxLength: 2 }), fc.boolean(), async (worlds, isConfirmed) => {
        await forget();
        const platform = new Set<string>();
        for (const [n, given] of worlds.entries()) {
          await settle(given);
          const delivery = [IDS.delivery, IDS.secondDelivery][n] ?? IDS.thirdDelivery;
          told(platform, await changesOf(delivery, given));
          if (isConfirmed) await record(delivery);
          const { ids, barred } = allowedIds(given);
          expect([...platform].sort()).toEqual(ids);
          expect([...platform].filter((id) => barred.has(id))).toEqual([]);
        }
      }),
      { numRuns: kind === 'embedded' ? 8 : 1, endOnFailure: true },
    );
  });

  const ada: Person = { consentClass: 0, ids: ['11', '10'], tokens: ['ada'] };
  const ben: Person = { consentClass: 0, ids: ['20'], tokens: ['ben'] };
  const cleo: Person = { consentClass: 1, ids: ['30'], tokens: ['cleo'] };
  const dan: Person = { consentClass: 0, ids: [], tokens: ['dan'] };
  const eve: Person = { consentClass: 0, ids: ['30'], tokens: ['eve'] };
  const plain: World = {
    left: [ada, ben, cleo, dan, eve],
    right: [ada, ben, cleo, dan, eve],
    members: [0, 1, 2, 3, 4].map((n) => [n, n] as const),
    leftList: [],
    rightList: [],
    refusedClasses: [1],
  };

  test('every refused person is counted once, under its reason', async () => {
    await settle({ ...plain, rightList: ['ben'] });
    const counts = await selectDeliverable(engine, request(plain, IDS.delivery));
    expect(JSON.stringify(counts)).toBe('"[unreleased]"');
    expect(seen(counts)).toEqual<DeliverableCounts>({
      persons: 5,
      consented: 4,
      refused: { consent_purpose: 1, suppressed: 1, activation_id_missing: 1, activation_id_of_refused_person: 1 },
      deliverable: 1,
      ids: 2,
    });
  });

  test('a combination of classes that nobody decided is refused', async () => {
    await settle(plain);
    const { verdicts, ...rest } = request(plain, IDS.delivery);
    const counts = await selectDeliverable(engine, { ...rest, verdicts: verdicts.filter(({ left }) => left !== 0) });
    expect(seen(counts)).toMatchObject({ consented: 0, refused: { consent_missing: 4, consent_purpose: 1 }, ids: 0 });
  });

  test('combinations are listed with their unreleased counts', async () => {
    await settle(plain);
    const { audience, people } = request(plain, IDS.delivery);
    const listed = await listAudienceConsentClasses(engine, { audience, people });
    expect(listed.map(({ left, right, persons }) => [left, right, seen(persons)])).toEqual([
      [0, 0, 4],
      [1, 1, 1],
    ]);
    const own = await listAudienceConsentClasses(engine, { audience, people: { left: IDS.leftVersion } });
    expect(own.map(({ left, right }) => [left, right])).toEqual([
      [0, null],
      [1, null],
    ]);
  });

  test('over an own dataset the tenant’s own lists and classes decide', async () => {
    await settle({ ...plain, leftList: ['ben'] });
    const counts = await selectDeliverable(engine, {
      selection: IDS.delivery,
      audience: IDS.audience,
      people: { left: IDS.leftVersion },
      deliveredSide: 'left',
      activationColumn: ACTIVATION_COLUMN,
      verdicts: [
        { left: 0, right: null, refusal: undefined },
        { left: 1, right: null, refusal: 'consent_expired' },
      ],
      suppressions: suppressionChecks([{ side: 'left', version: IDS.leftVersion, lists: [IDS.list] }]),
    });
    expect(seen(counts)).toMatchObject({
      consented: 4,
      refused: { suppressed: 1, consent_expired: 1 },
      deliverable: 1,
    });
  });

  test('with no list and with empty lists everybody who consented is kept', async () => {
    await settle({
      ...plain,
      members: [
        [0, 0],
        [1, 1],
      ],
    });
    for (const suppressions of [[], request(plain, IDS.delivery).suppressions]) {
      const counts = await selectDeliverable(engine, { ...request(plain, IDS.delivery), suppressions });
      expect(seen(counts)).toMatchObject({ persons: 2, refused: {}, deliverable: 2, ids: 3 });
    }
  });

  test('a missing list stops the selection', async () => {
    await settle(plain);
    await dropSuppression(engine, IDS.otherList);
    await expect(selectDeliverable(engine, request(plain, IDS.delivery))).rejects.toMatchObject({
      code: 'table_missing',
    });
  });

  test('a first delivery adds, a second only tells the difference, a withdrawn consent is a removal', async () => {
    await forget();
    await settle(plain);
    expect(await changesOf(IDS.delivery, plain)).toEqual([
      { id: '10', change: 'add' },
      { id: '11', change: 'add' },
      { id: '20', change: 'add' },
    ]);
    await record(IDS.delivery);
    await record(IDS.delivery);
    const later = { ...plain, left: [{ ...ada, consentClass: 1 }, ben, cleo, { ...dan, ids: ['40'] }, eve] };
    await settle({ ...later, members: plain.members.slice(0, 4) });
    expect(await changesOf(IDS.secondDelivery, later)).toEqual([
      { id: '10', change: 'remove' },
      { id: '11', change: 'remove' },
      { id: '40', change: 'add' },
    ]);
    await record(IDS.secondDelivery);
    expect(await changesOf(IDS.thirdDelivery, later)).toEqual([]);
  });

  test('a delivery asked for again gives the very same changes', async () => {
    await forget();
    await settle(plain);
    const first = await changesOf(IDS.delivery, plain);
    await engine.command(`INSERT INTO ${membersTable(IDS.audience).name} SELECT 3, 3`);
    expect(await changesOf(IDS.delivery)).toEqual(first);
    await record(IDS.delivery);
    expect(await changesOf(IDS.delivery)).toEqual(first);
  });

  test('a delivery that was never confirmed is told again, and removed when due', async () => {
    await forget();
    await settle(plain);
    const first = await changesOf(IDS.delivery, plain);
    expect(await changesOf(IDS.secondDelivery, plain)).toEqual(first);
    const withdrawn = { ...plain, refusedClasses: [0, 1] };
    expect(await changesOf(IDS.thirdDelivery, withdrawn)).toEqual(first.map(({ id }) => ({ id, change: 'remove' })));
  });
});
