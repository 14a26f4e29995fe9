// Servers write what they are asked into logs, query logs and process lists. Whoever reads those of a cluster, at the finest level,
// finds no key: neither the keys that match keys are made with, nor a match key, nor a digest.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundedSql, boundingParams } from './analyses/bounding.ts';
import { openClusterEngine } from './engine/cluster.ts';
import { type ClusterFixture, startCluster } from './engine/cluster-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import {
  contributeLoaded,
  digestOf,
  idOf,
  keyOf,
  loadFile,
  PEOPLE_SCHEMA,
  uploadOf,
  withScratch,
} from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { rotateCollaborationKey, rotateTenantKey } from './rotate.ts';
import { addSuppressions, contributeSuppression } from './suppression.ts';

const HEADER = Object.keys(PEOPLE_SCHEMA.columns).join(',');
const KEYS = ['left', 'right', 'collaboration', 'next', 'next collaboration', 'bounding'].map(keyOf);
const [LEFT, RIGHT, COLLABORATION, NEXT, NEXT_COLLABORATION, BOUNDING] = KEYS as Uint8Array[] as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const NAMES = Array.from({ length: 60 }, (_, n) => `person ${n}`);

let cluster: ClusterFixture;
let engine: Engine;

beforeAll(async () => {
  cluster = await startCluster({ shards: 2 });
  engine = await openClusterEngine(cluster);
});

afterAll(async () => {
  await engine?.close();
  await cluster?.close();
});

test('no log, no query log and no process list of any node holds a key', { timeout: 120_000 }, async () => {
  const processes = watchProcesses();
  await playEveryStep();
  const seen = [await processes.end()];
  for (const node of cluster.nodes) {
    seen.push(await ask(node.url, 'SYSTEM FLUSH LOGS'));
    seen.push(await ask(node.url, 'SELECT * FROM system.query_log FORMAT Vertical').catch(() => ''));
    seen.push(await readFile(node.logFile, 'latin1'));
  }
  const text = seen.join('\n');
  // The log is one that would show them: statements are in it, with their other values.
  expect(text).toContain('INSERT INTO con_');
  expect(text).toContain('aes-256-ecb');
  const lower = text.toLowerCase();
  for (const [n, secret] of secrets().entries()) {
    expect(lower.includes(secret.toString('hex')), `secret ${n} in hex`).toBe(false);
    expect(text.includes(secret.toString('latin1')), `secret ${n} in bytes`).toBe(false);
  }
});

async function playEveryStep(): Promise<void> {
  const rows = NAMES.map((name, n) => `r${n},${digestOf(name)},${digestOf(`+${name}`)},,,,,${n + 1},`);
  const source = uploadOf([HEADER, ...rows].join('\n'));
  const versions = { left: idOf('dsv', '1'), right: idOf('dsv', '2') };
  const contributions = { left: idOf('con', '1'), right: idOf('con', '2') };
  const types = ['email', 'phone'] as const;
  await loadFile(engine, source, { version: versions.left, tenantKey: LEFT });
  await loadFile(engine, source, { version: versions.right, tenantKey: RIGHT });
  const contribute = (side: 'left' | 'right', tenantKey: Uint8Array) =>
    contributeLoaded(engine, {
      version: versions[side],
      contribution: contributions[side],
      types,
      tenantKey,
      collaborationKey: COLLABORATION,
    });
  await contribute('left', LEFT);
  await contribute('right', RIGHT);
  await withScratch(async (scratchDir) => {
    const match = { match: idOf('mat', '1'), ...contributions, types, scratchDir, cardinality: 'one-to-one' } as const;
    await matchContributions(engine, match);
    const list = idOf('sup', '1');
    await addSuppressions(engine, { list, tenantKey: LEFT, digests: NAMES.map(digestOf), scratchDir });
    const collaboration = idOf('col', '1');
    await contributeSuppression(engine, { list, collaboration, tenantKey: LEFT, collaborationKey: COLLABORATION });
  });
  const links = `SELECT match_key AS link_key, CAST('hiking', 'Nullable(String)') AS cell FROM ${contributions.left}_keys`;
  const bounded = await engine.query(boundedSql(links), boundingParams({ key: BOUNDING, maxGroups: 1, perGroup: 1 }));
  expect(bounded).toHaveLength(120);
  const commit = async () => {};
  await rotateTenantKey(engine, { owners: [versions.left], oldKey: LEFT, newKey: NEXT, commit });
  const keys = { oldKey: COLLABORATION, newKey: NEXT_COLLABORATION, commit };
  await rotateCollaborationKey(engine, { contributions: Object.values(contributions), ...keys });
}

/** Keys, first halves of digests, and what either key makes of them. */
function secrets(): Buffer[] {
  const halves = NAMES.flatMap((name) => [digestOf(name), digestOf(`+${name}`)]).map((digest) =>
    Buffer.from(digest.slice(0, 32), 'hex'),
  );
  const made = KEYS.slice(0, 5).map((key) => encryptBlocks(key, Buffer.concat(halves)));
  const matchKeys = made.flatMap((bytes) => halves.map((_, n) => Buffer.from(bytes.subarray(n * 16, n * 16 + 16))));
  return [...KEYS.map((key) => Buffer.from(key)), ...halves, ...matchKeys];
}

async function ask(url: string, sql: string): Promise<string> {
  const headers = { 'x-clickhouse-user': cluster.user, 'x-clickhouse-key': cluster.password };
  const answer = await fetch(url, { method: 'POST', body: sql, headers });
  return answer.text();
}

/** Reads the process list of every node over and over, as a monitoring agent would. */
function watchProcesses() {
  const seen: string[] = [];
  let ended = false;
  const loop = async () => {
    while (!ended) {
      for (const { url } of cluster.nodes) seen.push(await ask(url, 'SELECT * FROM system.processes FORMAT Vertical'));
    }
  };
  const running = loop();
  return {
    end: async () => {
      ended = true;
      await running;
      return seen.join('\n');
    },
  };
}
