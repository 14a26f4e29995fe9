// Test fixture: opens an engine of each kind in folders of its own, so that one suite runs on all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClusterEngine } from './cluster.ts';
import { type ClusterFixture, type ClusterPlan, startCluster } from './cluster-fixture.ts';
import { openEmbeddedEngine } from './embedded.ts';
import type { Engine } from './engine.ts';

/** What every test of a step runs on. */
export const ENGINE_KINDS = ['embedded', 'cluster'] as const;

/** What the contract of an engine is held to besides: one server of no cluster, and two shards of two copies each. */
export const ENGINE_FORMS = ['embedded', 'server', 'cluster', 'copies'] as const;
export type EngineForm = (typeof ENGINE_FORMS)[number];

const PLANS: Readonly<Record<Exclude<EngineForm, 'embedded'>, ClusterPlan>> = {
  server: { shards: 1, alone: true },
  cluster: { shards: 2 },
  copies: { shards: 2, copies: 2 },
};

export interface TestEngine {
  readonly engine: Engine;
  /** Every folder the engine writes to. */
  readonly dataDirs: readonly string[];
  /** Undefined when embedded. */
  readonly fixture: ClusterFixture | undefined;
  close(): Promise<void>;
}

export async function openTestEngine(form: EngineForm): Promise<TestEngine> {
  if (form === 'embedded') return openEmbedded();
  const fixture = await startCluster(PLANS[form]);
  const { urls, cluster, user, password, dataDirs } = fixture;
  const engine = await openClusterEngine({ urls, cluster, user, password });
  const close = async () => {
    await engine.close();
    await fixture.close();
  };
  return { engine, dataDirs, fixture, close };
}

async function openEmbedded(): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ecluse-embedded-'));
  const engine = await openEmbeddedEngine({ dataDir });
  const close = async () => {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { engine, dataDirs: [dataDir], fixture: undefined, close };
}
