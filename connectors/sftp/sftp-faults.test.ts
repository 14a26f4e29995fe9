// Deliveries to OpenSSH's own server over a network that resets and falls silent, killed at some instant now and then: at the end of each the
// folder says each person's right state once, and nobody who looks at it ever sees half a file. The seed is told, and plays the same again.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMembers } from '../file-drop/drop-reader.ts';
import { type ConformanceWorld, deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { seeded } from '../testing/fault-proxy.ts';
import { nextChanges } from '../testing/next-changes.ts';
import { isOpenSshMissing, type OpenSshServer, startOpenSsh } from '../testing/openssh-server.ts';
import { startWireFaultProxy, WIRE_FAULTS } from '../testing/wire-fault-proxy.ts';
import { sftp } from './destination.ts';

const SEED = Number(process.env.FAULT_SEED ?? 20_260_601);
const DELIVERIES = 60;

/** Looks at the folder as whoever fetches from it does, again and again: a file that has its name is whole. */
class Onlooker {
  readonly #folder: string;
  #looks = 0;
  #isDone = false;
  readonly #looking: Promise<void>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#looking = this.#look();
    this.#looking.catch(() => undefined);
  }

  async #look(): Promise<void> {
    while (!this.#isDone) {
      const names = (await readdir(this.#folder)).filter((name) => !name.startsWith('.') && !name.endsWith('.sha256'));
      // The newest alone: whoever was whole stays so.
      for (const name of names.sort().slice(-4)) {
        const bytes = await readFile(join(this.#folder, name));
        const beside = await readFile(join(this.#folder, `${name}.sha256`), 'utf8');
        const digest = createHash('sha256').update(bytes).digest('hex');
        if (beside !== `${digest}  ${name}\n`) throw new Error(`${name} was seen in pieces`);
        this.#looks++;
      }
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  async looks(): Promise<number> {
    this.#isDone = true;
    await this.#looking;
    return this.#looks;
  }
}

describe.skipIf(isOpenSshMissing)('OpenSSH’s server behind a network with faults', () => {
  let server: OpenSshServer;
  beforeAll(async () => {
    server = await startOpenSsh();
  }, 30_000);
  afterAll(() => server.close());

  it('has each person in the right state after each delivery, and no file in pieces at any time', async () => {
    const random = seeded(SEED);
    const clock = new FakeClock();
    const wire = { targetPort: server.port, random, share: 0.5, withinBytes: 12_000, stallMs: 300 };
    const proxy = await startWireFaultProxy(wire);
    const { upload } = server;
    const onlooker = new Onlooker(upload);
    const world: ConformanceWorld = {
      settings: { ...server.settings, port: proxy.port, max_rows_per_file: 30 },
      credentials: server.credentials,
      faults: { permanent: () => undefined },
      members: async () => readMembers({ names: await readdir(upload), read: (name) => readFile(join(upload, name)) }),
      traffic: async () => 0,
      close: async () => undefined,
    };
    const idAt = (index: number) => `id "${index}", ünï`;
    const subject = { destination: sftp, idAt, invalidIds: [], invalidSettings: [], start: async () => world };
    const held = new Set<string>();
    let kills = 0;
    try {
      for (let nth = 1; nth <= DELIVERIES; nth++) {
        const store = new ProgressStore(`dlv_${nth}`, clock);
        const changes = nextChanges({ persons: 70, idAt }, held, random);
        if (random() < 0.5) {
          store.killAt = { save: 1 + Math.floor(random() * 5), when: random() < 0.5 ? 'before' : 'after' };
          kills++;
        }
        const report = await deliverToEnd({ subject, world, clock }, store, changes);
        const told = `seed ${SEED}, delivery ${nth}: ${JSON.stringify(report.failure ?? {})}`;
        expect(report.status, told).toBe('delivered');
        expect(await world.members(), told).toEqual([...held].sort());
        await clock.sleep(600_000);
      }
      expect(await onlooker.looks()).toBeGreaterThan(DELIVERIES);
    } finally {
      await proxy.close();
    }
    expect((await readdir(upload)).filter((name) => name.endsWith('.part'))).toEqual([]);
    for (const fault of WIRE_FAULTS) expect(proxy.played[fault], fault).toBeGreaterThan(3);
    expect(kills).toBeGreaterThan(15);
  }, 180_000);
});
