// Test fixture: opens either engine in a folder of its own, so that one suite runs on both.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClusterEngine } from './cluster.ts';
import { startCluster } from './cluster-fixture.ts';
import { openEmbeddedEngine } from './embedded.ts';
import type { Engine } from './engine.ts';

export const ENGINE_KINDS = ['embedded', 'cluster'] as const;

export interface TestEngine {
  readonly engine: Engine;
  /** Every folder the engine writes to. */
  readonly dataDirs: readonly string[];
  close(): Promise<void>;
}

export async function openTestEngine(kind: (typeof ENGINE_KINDS)[number]): Promise<TestEngine> {
  if (kind === 'embedded') return openEmbedded();
  const cluster = await startCluster();
  const engine = await openClusterEngine({ urls: cluster.urls, cluster: cluster.cluster });
  const close = async () => {
    await engine.close();
    await cluster.close();
  };
  return { engine, dataDirs: cluster.dataDirs, close };
}

async function openEmbedded(): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ecluse-embedded-'));
  const engine = await openEmbeddedEngine({ dataDir });
  const close = async () => {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { engine, dataDirs: [dataDir], close };
}
