// The waterfall from received to delivered: each step is a released figure, and what was not asked yet is named as missing.
import { beforeAll, expect, test } from 'vitest';
import type { AnalysisResult } from '../../../../openapi/generated/api.ts';
import { en } from '../../i18n/en.ts';
import { showCatalogue } from '../../i18n/i18n.ts';
import { type FlowGround, flowSteps, missingOf } from './flow.ts';

beforeAll(() => showCatalogue(en, 'en'));

const result = (both: number | null): AnalysisResult => ({
  metrics: [
    {
      name: 'persons',
      unit: 'persons',
      cells: [
        { key: { osec: 'yes', rando: 'no' }, value: 700, fewer_than: null, interval: null },
        { key: { osec: 'yes', rando: 'yes' }, value: both, fewer_than: both === null ? 50 : null, interval: null },
      ],
      remainder: null,
    },
  ],
  ratios: [],
  padding: '',
});
const dry_run = {
  audience: { value: 200 },
  would_deliver: { fewer_than: 50 },
  refused: {},
  decision: null,
  at: '2026-01-01T00:00:00.000Z',
  terms_hash: '',
};
const report = {
  sent: { added: 40, removed: 0 },
  refused: {},
  rejected_by_platform: {},
  batches: 1,
  platform_jobs: [],
};
const WHOLE: FlowGround = {
  dataset: { name: 'crm', persons: 950, last_load: { received: 1000, accepted: 990 } },
  overlap: { result: result(300) },
  activation: { dry_run },
  delivery: { report },
};

test('goes from received over accepted, matched and consented to delivered', () => {
  expect(missingOf(WHOLE)).toEqual([]);
  expect(flowSteps(WHOLE).map(({ label, figure }) => [label, figure.value ?? `<${figure.fewerThan}`])).toEqual([
    ['Received', 1000],
    ['Rejected, by row and field', 10],
    ['Accepted', 990],
    ['Persons in the file', 950],
    ['Matched', 300],
    ['Selected by the segment', 200],
    ['Consented, and may be delivered', '<50'],
    ['Delivered', 40],
  ]);
});

test('has no step for what nobody asked, and says which that is', () => {
  const nothing: FlowGround = { dataset: undefined, overlap: undefined, activation: undefined, delivery: undefined };
  expect(flowSteps(nothing)).toEqual([]);
  expect(missingOf(nothing)).toEqual(['load', 'overlap', 'dry-run', 'delivery']);
  expect(missingOf({ ...WHOLE, delivery: { report: null } })).toEqual(['delivery']);
});

test('shows a withheld match as fewer than, and no loss where nothing was rejected', () => {
  const steps = flowSteps({
    ...WHOLE,
    dataset: { ...WHOLE.dataset!, last_load: { received: 5, accepted: 5 } },
    overlap: { result: result(null) },
  });
  expect(steps.find(({ label }) => label === 'Matched')!.figure).toMatchObject({ value: null, fewerThan: 50 });
  expect(steps.some(({ kind }) => kind === 'loss')).toBe(false);
});
