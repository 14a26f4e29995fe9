// Test fixture: a small exchange of two tenants with lists and consent classes, and a plain model of what may leave of it.

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideOn, type Unreleased } from '../policies/release.ts';
import { ACTIVATION_COLUMN, fillKeys, fillMembers, fillPeople, IDS, type PersonRow } from './audience-fixture.ts';
import type { DeliverableRequest } from './distribute.ts';
import type { ENGINE_KINDS, TestEngine } from './engine/test-engine.ts';
import { openTestEngine } from './engine/test-engine.ts';
import { addSuppressions, contributeSuppression, dropSuppression } from './suppression.ts';
import { suppressionChecks } from './suppression-check.ts';

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
export function seen<T>(container: Unreleased<T>): T {
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

export interface Person {
  readonly consentClass: number;
  readonly ids: readonly string[];
  readonly tokens: readonly string[];
}

export interface World {
  readonly left: readonly Person[];
  readonly right: readonly Person[];
  readonly members: readonly (readonly [number, number])[];
  readonly leftList: readonly string[];
  readonly rightList: readonly string[];
  readonly refusedClasses: readonly number[];
}

/** Classes are refused on either side; persons of the left are delivered. */
export function allowedIds(world: World): { ids: string[]; barred: Set<string>; persons: Set<number> } {
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
  const ids = new Set(
    [...persons].flatMap((l) =>
      (world.left[l]?.ids ?? [])
        .filter((id) => !barred.has(id))
        .toSorted()
        .slice(0, 1),
    ),
  );
  return { ids: [...ids].sort(), barred, persons };
}

export const ada: Person = { consentClass: 0, ids: ['11', '10'], tokens: ['ada'] };
export const ben: Person = { consentClass: 0, ids: ['20'], tokens: ['ben'] };
export const cleo: Person = { consentClass: 1, ids: ['30'], tokens: ['cleo'] };
export const dan: Person = { consentClass: 0, ids: [], tokens: ['dan'] };
export const eve: Person = { consentClass: 0, ids: ['30'], tokens: ['eve'] };
export const PLAIN: World = {
  left: [ada, ben, cleo, dan, eve],
  right: [ada, ben, cleo, dan, eve],
  members: [0, 1, 2, 3, 4].map((n) => [n, n] as const),
  leftList: [],
  rightList: [],
  refusedClasses: [1],
};

export function deliverableRequest(world: World, selection: string): DeliverableRequest {
  const classes = [0, 1, 2];
  return {
    selection,
    audience: IDS.audience,
    people: { left: IDS.leftVersion, right: IDS.rightVersion },
    deliveredSide: 'left',
    activationColumn: ACTIVATION_COLUMN,
    verdicts: (['left', 'right'] as const).flatMap((side) =>
      classes.map((consentClass) => ({
        side,
        consentClass,
        evidence: 0,
        refusal: world.refusedClasses.includes(consentClass) ? ('consent_purpose' as const) : undefined,
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

/** The exchange in an engine of its own. */
export class Exchange {
  readonly engine: TestEngine['engine'];
  readonly #opened: TestEngine;
  readonly scratchDir: string;

  private constructor(opened: TestEngine, scratchDir: string) {
    this.#opened = opened;
    this.engine = opened.engine;
    this.scratchDir = scratchDir;
  }

  static async open(kind: (typeof ENGINE_KINDS)[number]): Promise<Exchange> {
    return new Exchange(await openTestEngine(kind), await mkdtemp(join(tmpdir(), 'ecluse-distribute-')));
  }

  async close(): Promise<void> {
    await this.#opened.close();
    await rm(this.scratchDir, { recursive: true, force: true });
  }

  async settle(world: World): Promise<void> {
    const rows = (people: readonly Person[], key: Buffer): PersonRow[] =>
      people.map((person) => ({
        consentClass: person.consentClass,
        activationIds: person.ids,
        keys: person.tokens.map((token) => matchKey(key, token)),
      }));
    await Promise.all([
      fillPeople(this.engine, IDS.leftVersion, rows(world.left, KEYS.left)),
      fillPeople(this.engine, IDS.rightVersion, rows(world.right, KEYS.right)),
      fillKeys(this.engine, IDS.leftContribution, rows(world.left, KEYS.collaboration)),
      fillKeys(this.engine, IDS.rightContribution, rows(world.right, KEYS.collaboration)),
      fillMembers(this.engine, IDS.audience, world.members),
      this.#suppress(IDS.list, KEYS.left, world.leftList),
      this.#suppress(IDS.otherList, KEYS.right, world.rightList),
    ]);
  }

  async #suppress(list: string, tenantKey: Buffer, tokens: readonly string[]): Promise<void> {
    await dropSuppression(this.engine, list);
    await addSuppressions(this.engine, { list, tenantKey, digests: tokens.map(digest), scratchDir: this.scratchDir });
    const collaborationKey = KEYS.collaboration;
    await contributeSuppression(this.engine, { list, collaboration: IDS.collaboration, tenantKey, collaborationKey });
  }
}
