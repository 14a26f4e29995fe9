// A load whose columns have no room in memory gives the same tables as one whose columns do.
import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { STORE_BLOCK_ROWS } from './limits.ts';
import { loadDataset } from './load.ts';
import { idOf, TENANT_KEY, uploadOf, withScratch } from './load-fixture.ts';

const ROWS = STORE_BLOCK_ROWS + 5_000;
const SCHEMA: DatasetSchema = {
  name: 'spilled',
  columns: {
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    member: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    last_visit: { role: 'attribute', kind: 'date' },
  },
};

/** Every fiftieth row has the email of another, every thirtieth no telephone number, and some rows are refused. */
function file(): string {
  const hex = (number: number) => number.toString(16).padStart(64, '0');
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const email = hex(row % 50 === 0 ? (row * 7) % ROWS : row);
    const phone = row % 30 === 0 ? '' : hex(row + 2 ** 40);
    const member = ['true', 'false', '', 'maybe'][row % 997 === 0 ? 3 : row % 3];
    return `${email},${phone},${member},${row % 11 === 0 ? '' : `a${row % 300}`},${row / 4},2024-0${1 + (row % 9)}-11`;
  });
  return `${Object.keys(SCHEMA.columns).join(',')}\n${lines.join('\n')}\n`;
}

let opened: TestEngine;
let engine: Engine;

beforeAll(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
});
afterAll(() => opened.close());

async function loaded(name: string, content: string, limits: { maxColumnBytes?: number }) {
  const version = idOf('dsv', name);
  return withScratch(async (scratchDir) => {
    const seen = new Set<string>();
    const source = uploadOf(content);
    const { rejects, ...outcome } = await loadDataset(engine, {
      source,
      schema: SCHEMA,
      mode: 'replace',
      version,
      tenantKey: TENANT_KEY,
      scratchDir,
      limits,
      onProgress: ({ phase }) => {
        if (phase === 'reading') for (const entry of readdirSync(scratchDir)) seen.add(entry);
      },
    });
    const tables: unknown[] = [];
    for (const table of ['keys', 'people', 'records']) {
      tables.push(await engine.query(`SELECT count() AS n, sum(cityHash64(*)) AS hash FROM ${version}_${table}`));
    }
    return { outcome, tables, hasSpilled: seen.has('columns.bin'), left: await readdir(scratchDir) };
  });
}

test('columns that lie on disk give the tables that columns in memory give', async () => {
  const content = file();
  const held = await loaded('a', content, {});
  const spilled = await loaded('b', content, { maxColumnBytes: 0 });
  expect(spilled.outcome).toEqual(held.outcome);
  expect(spilled.tables).toEqual(held.tables);
  expect(held.outcome.persons).toBeLessThan(held.outcome.accepted);
  expect(held.outcome.accepted).toBeLessThan(ROWS);
  expect([held.hasSpilled, spilled.hasSpilled]).toEqual([false, true]);
  expect(spilled.left).toEqual(['rejects.bin']);
});
