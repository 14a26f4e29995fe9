// A world with a worker and an engine of its own in this process: one tenant with a loaded dataset of sixty persons, an approved
// activation to a folder, and the jobs really run.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { openEmbeddedEngine } from '../../matching/engine/embedded.ts';
import type { Engine } from '../../matching/engine/engine.ts';
import { loadFile, uploadOf } from '../../matching/load-fixture.ts';
import { workerLoop } from '../commands/worker.ts';
import { newId } from '../ids.ts';
import { type Answer, openWorld, type World } from './world.ts';

export const PERSONS = 60;

/** Of the folder's receiver, where consent comes in TC strings. */
export const VENDOR = 32;

const SCHEMA = {
  name: 'crm',
  columns: {
    customer_id: { role: 'record-id' },
    complaint: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    xandr_id: { role: 'activation-id', type: 'customer' },
    last_raincoat: { role: 'attribute', kind: 'date' },
    email: { role: 'identifier', type: 'email' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};

/** Class 0 is silence, class 1 an agreement to advertising by files, class 2 by webhooks. */
const CELLS = ['', 'advertising@file', 'advertising@webhook'];

export interface ConsentCells {
  readonly kind: 'purposes' | 'tcf';
  /** What stands in the file, by the class that a person is of. */
  readonly cells: readonly string[];
}

export interface People {
  readonly persons: number;
  readonly complains: (person: number) => boolean;
  /** The name of its dataset. */
  readonly dataset: string;
}

export interface Wish {
  /** Follows `seg`, `aud`, `dst` and `act` in the names of what is made. */
  readonly as?: string;
  readonly text?: string;
  readonly folder?: string;
  readonly dataset?: string;
  /** The destination of an earlier wish, by what that was made as. */
  readonly at?: string;
  /** In place of a folder. */
  readonly destination?: { readonly kind: string; readonly settings: object; readonly credentials: object };
  readonly exclude?: { readonly audience_ids?: readonly string[]; readonly segment_ids?: readonly string[] };
}

export class Chamber {
  readonly world: World;
  readonly engine: Engine;
  readonly #stop: () => Promise<void>;

  readonly #consent: ConsentCells;

  private constructor(world: World, engine: Engine, consent: ConsentCells, stop: () => Promise<void>) {
    this.world = world;
    this.#consent = consent;
    this.engine = engine;
    this.#stop = stop;
  }

  static async open(consent: ConsentCells = { kind: 'purposes', cells: CELLS }): Promise<Chamber> {
    const folder = mkdtempSync(join(tmpdir(), 'ecluse-chamber-'));
    const world = await openWorld(['osec']);
    const engine = await openEmbeddedEngine({ dataDir: join(folder, 'engine') });
    const loop = await workerLoop(world.ground, engine);
    const running = loop.run();
    return new Chamber(world, engine, consent, async () => {
      loop.stop();
      await running;
      await engine.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.#stop();
  }

  digestOf(person: number): string {
    return createHash('sha256').update(`salt:email:${person}`).digest('hex');
  }

  /** A version whose person `n` is of the class that `classOf` says, visible at once, as a load would leave it. */
  async load(classOf: (person: number) => number, people: Partial<People> = {}): Promise<void> {
    const { persons = PERSONS, complains = () => false, dataset = 'crm' } = people;
    const { knex } = this.world.ground.db;
    const tenantId = this.id('osec');
    if (!this.world.names.has(dataset)) {
      const schema = { ...this.#schema(), name: dataset };
      this.#keep(dataset, await this.call('data-engineer', 'POST /v1/datasets', { schema }));
    }
    const version = newId('dsv');
    const tenantKey = await this.world.ground.keys.getTenantKey(tenantId);
    const { outcome } = await loadFile(this.engine, uploadOf(this.#file(classOf, { persons, complains })), {
      version,
      tenantKey,
      schema: parseDatasetSchema(this.#schema()),
    });
    await knex('dataset_versions').insert({
      id: version,
      tenant_id: tenantId,
      dataset_id: this.id(dataset),
      load_id: newId('lod'),
      state: 'visible',
      records: persons,
      persons,
      detail: JSON.stringify({ consentClasses: outcome.consentClasses }),
      created_at: this.world.clock.now().toISOString(),
    });
    await knex('datasets')
      .where({ id: this.id(dataset) })
      .update({ visible_version_id: version });
  }

  #schema() {
    const purposes = { role: 'consent', kind: this.#consent.kind };
    return { ...SCHEMA, columns: { ...SCHEMA.columns, purposes } };
  }

  #file(classOf: (person: number) => number, { persons, complains }: Pick<People, 'persons' | 'complains'>): string {
    const rows = Array.from({ length: persons }, (_, n) =>
      [
        `c${n}`,
        String(complains(n)),
        `hobby-${n}`,
        n,
        `id-${n}`,
        '2025-01-31',
        this.digestOf(n),
        this.#consent.cells[classOf(n)],
      ].join(),
    );
    return [Object.keys(SCHEMA.columns).join(), ...rows].join('\n');
  }

  /** A segment, of everybody where nothing is said, its audience, and an approved activation to a folder. */
  async activate({
    as = '',
    text = 'own.complaint = false',
    folder = 'out',
    exclude,
    destination,
    dataset = 'crm',
    at,
  }: Wish = {}): Promise<void> {
    await this.select({ as, text, dataset });
    const vendor = this.#consent.kind === 'tcf' ? { iab_vendor_id: VENDOR } : {};
    const drop = { kind: 'file', settings: { folder, id_type: 'customer', ...vendor } };
    const made = { name: folder, ...(destination ?? drop) };
    const there =
      at === undefined ? await this.call('admin', 'POST /v1/destinations', made) : { id: this.id(`dst${at}`) };
    this.#keep(`dst${as}`, there);
    const purpose = 'advertising';
    const wish = { audience_id: this.id(`aud${as}`), destination_id: this.id(`dst${as}`), purpose, exclude };
    this.#keep(`act${as}`, await this.call('analyst', 'POST /v1/activations', wish));
    await this.call('analyst', `POST /v1/activations/${this.id(`act${as}`)}/submit`);
    await this.settle();
    await this.approve();
  }

  /** A segment and its audience. */
  async select({ as, text, dataset = 'crm' }: { as: string; text: string; dataset?: string }): Promise<void> {
    const name = `Everybody ${as}`;
    const segment = { name, dataset_id: this.id(dataset), text };
    this.#keep(`seg${as}`, await this.call('analyst', 'POST /v1/segments', segment));
    const audience = { name, segment_id: this.id(`seg${as}`) };
    this.#keep(`aud${as}`, await this.call('analyst', 'POST /v1/audiences', audience));
    await this.settle();
  }

  /** The compliance officer agrees to whatever waits. */
  async approve(): Promise<void> {
    const { items } = await this.call('compliance-officer', 'GET /v1/approvals?status=pending');
    for (const { id, shown_hash } of items) {
      const decision = { outcome: 'approve', shown_hash };
      await this.call('compliance-officer', `POST /v1/approvals/${id}/decision`, decision);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into by the scenario that asked for it.
  async deliver(as = '', mode = 'delta'): Promise<any> {
    const path = `/v1/activations/${this.id(`act${as}`)}/deliveries?mode=${mode}`;
    const { id } = await this.call('analyst', `POST ${path}`);
    await this.settle();
    return this.call('analyst', `GET /v1/deliveries/${id}`);
  }

  /** Whom the folder has been told to have, by the changes of all files in it. */
  held(of = 'out'): string[] {
    const folder = join(this.world.ground.config.dataDir, 'exports', this.id('osec'), of);
    mkdirSync(folder, { recursive: true });
    const files = readdirSync(folder).filter((name) => name.endsWith('.csv') && !name.startsWith('.'));
    const held = new Set<string>();
    for (const name of files.sort()) {
      for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
        const [id = '', change = ''] = line
          .trim()
          .split(',')
          .map((cell) => cell.replaceAll('"', ''));
        if (change === 'add') held.add(id);
        if (change === 'remove') held.delete(id);
      }
    }
    return [...held].sort();
  }

  /** Until no job waits or runs. */
  async settle(): Promise<void> {
    for (let waits = 0; waits < 600; waits++) {
      const open = await this.world.ground.db.knex('jobs').whereIn('state', ['queued', 'running']).first('id');
      if (open === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const open = await this.world.ground.db
      .knex('jobs')
      .whereIn('state', ['queued', 'running'])
      .select('kind', 'state');
    throw new Error(`jobs did not end: ${JSON.stringify(open)}`);
  }

  id(name: string): string {
    const id = this.world.names.get(name);
    if (id === undefined) throw new Error(`nothing goes by the name ${name}`);
    return id;
  }

  /** The body of a success; a refusal throws with its text. */
  async call(role: string, what: string, body?: unknown): Promise<Answer['body']> {
    const [method = '', path = ''] = what.split(' ');
    const answer = await this.world.call({ who: `osec.${role}`, method, path, body });
    if (answer.status >= 300) throw new Error(`${what} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  #keep(name: string, made: { id: string }): void {
    this.world.names.set(name, made.id);
  }
}
