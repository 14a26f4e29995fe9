// Analyses over datasets that were really loaded and contributed: events follow replacing, upserting, deleting, rotating and
// dropping, since they are the archived records themselves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { seen } from '../distribute-fixture.ts';
import type { Engine } from '../engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from '../engine/test-engine.ts';
import { dropDatasetVersion, type LoadRequest } from '../load.ts';
import { contributeLoaded, digestOf, idOf, keyOf, loadFile, TENANT_KEY, uploadOf } from '../load-fixture.ts';
import { rotateTenantKey } from '../rotate.ts';
import type { AnalysisQuestion } from './analysis.ts';
import { computeAnalysis } from './compute.ts';

const SCHEMA = parseDatasetSchema({
  name: 'events',
  columns: {
    id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    at: { role: 'event-time' },
    channel: { role: 'attribute', kind: 'category', categories: ['banner', 'video'] },
    amount: { role: 'attribute', kind: 'number' },
  },
});
const HEADER = 'id,email,at,channel,amount';
const match = idOf('mat', '1');
const REACH = { analysis: 'reach-frequency', match, events: 'left', maxFrequency: 3 } as const;
const [A, B] = ['ada', 'ben'].map(digestOf);

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 60_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    await loadEvents('9', [`1,${A},2025-01-02T10:00:00Z,,30.5`, `2,${B},2025-01-09T10:00:00+02:00,,12`]);
    await contribute('9');
  });
  afterAll(() => opened.close());

  const loadEvents = (version: string, rows: readonly string[], change: Partial<LoadRequest> = {}) =>
    loadFile(engine, uploadOf([HEADER, ...rows].join('\n')), {
      version: idOf('dsv', version),
      schema: SCHEMA,
      ...change,
    });

  const contribute = (version: string, tenantKey = TENANT_KEY) =>
    contributeLoaded(engine, {
      version: idOf('dsv', version),
      contribution: idOf('con', version),
      tenantKey,
      collaborationKey: keyOf('collaboration'),
      types: ['email'],
    });

  async function answer(question: AnalysisQuestion, version: string): Promise<Record<string, unknown>> {
    const contributions = [version, '9'].map((name) => {
      return { contribution: idOf('con', name), alias: `c${name}`, version: idOf('dsv', name), schema: SCHEMA };
    });
    const bounding = { key: Buffer.alloc(32, 1), maxGroups: 4, perGroup: 2 };
    const request = { run: idOf('run', '1'), question, contributions, types: ['email'] as const, bounding };
    const { metrics } = seen(await computeAnalysis(engine, request));
    return Object.fromEntries(
      metrics.map(({ name, cells }) => [
        name,
        Object.fromEntries(
          cells.filter(({ value }) => value > 0).map(({ key, value }) => [Object.values(key).join(), value]),
        ),
      ]),
    );
  }

  const first = [
    `x,${A},2025-01-01,banner,`,
    `x,${A},2025-01-02T09:00:00Z,video,`,
    `y,${B},2025-01-01T00:00:00Z,video,`,
  ];

  test('a load keeps every event of a person, with its instant and its own attributes', async () => {
    await loadEvents('1', first);
    await contribute('1');
    expect(await answer(REACH, '1')).toEqual({ reach: { '': 2 }, frequency: { 1: 1, 2: 1 } });
    const touches = { analysis: 'attribution', match, touches: 'left', channelAttribute: 'channel' } as const;
    const attribution = { ...touches, purchases: 'right', windowDays: 7, model: 'linear' } as const;
    expect(await answer(attribution, '1')).toEqual({ 'attributed-purchases': { banner: 1260, video: 1260 } });
    const conversion = { analysis: 'conversion', match, exposures: 'left', purchases: 'right', windowDays: 9 } as const;
    expect(await answer({ ...conversion, revenueAttribute: 'amount', revenueClamp: 20 }, '1')).toEqual({
      persons: { 'yes,yes': 2 },
      conversions: { yes: 2 },
      revenue: { yes: 32 },
    });
  });

  test('an upsert replaces the events of the record ids it names, a delete removes them', async () => {
    const previousVersion = idOf('dsv', '1');
    await loadEvents('2', [`y,${B},2025-01-03,banner,`, `y,${B},2025-01-04,banner,`, `y,${B},2025-01-05,,`], {
      mode: 'upsert',
      previousVersion,
    });
    await contribute('2');
    expect(await answer(REACH, '2')).toEqual({ reach: { '': 2 }, frequency: { 2: 1, '3+': 1 } });
    await loadFile(engine, uploadOf('id\nx\n'), {
      version: idOf('dsv', '3'),
      schema: SCHEMA,
      mode: 'delete',
      previousVersion,
    });
    await contribute('3');
    expect(await answer(REACH, '3')).toEqual({ reach: { '': 1 }, frequency: { 1: 1 } });
  });

  test('a rotated tenant key changes no answer, and a dropped version leaves no events', async () => {
    const newKey = keyOf('new tenant');
    const rotation = { oldKey: TENANT_KEY, newKey, commit: async () => {} };
    await rotateTenantKey(engine, { ...rotation, owners: [idOf('dsv', '1')] });
    await contribute('1', newKey);
    expect(await answer(REACH, '1')).toEqual({ reach: { '': 2 }, frequency: { 1: 1, 2: 1 } });
    await dropDatasetVersion(engine, idOf('dsv', '1'));
    expect((await engine.listTables()).filter((name) => name.startsWith(idOf('dsv', '1')))).toEqual([]);
  });
});
