// The command line asks as an analyst would, and a dry run spends nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meet } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { type AnalysesRunFlags, runAnalysis } from './analyses-run.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  await meet(world);
});
afterAll(() => world.close());

const run = async (analysis: string, flags: Partial<AnalysesRunFlags> = {}, who = 'osec.analyst') => {
  let printed = '';
  const named = { collaboration: world.names.get('col') ?? '', match: world.names.get('mat') ?? '', url: world.url };
  const env = { ECLUSE_API_KEY: world.secretOf(who) };
  const write = (text: string) => {
    printed += text;
  };
  await runAnalysis(analysis, { ...named, dryRun: true, json: false, ...flags }, { env, write });
  return printed;
};

describe('a dry run', () => {
  it('tells the question, its cost and its noise in sentences', async () => {
    expect(await run('overlap')).toBe(
      `${[
        'How many persons stand in both osec and rando, and by which identifier were they found?',
        'allowed',
        // (2 + 2) / (2 · 50²) of the 0.18507 that (3, 10⁻⁶) affords: overlap and by identifier, two types each.
        'costs 0.43 % of the budget',
        '100.00 % of the budget is left',
        'cells below 50 persons read "fewer than"',
        'persons: ± 98 persons in 19 of 20 answers',
        'by-identifier: ± 98 persons in 19 of 20 answers',
      ].join('\n')}\n`,
    );
    expect(await world.ground.db.knex('privacy_debits').first()).toBeUndefined();
  });

  it('prints the answer of the service with --json', async () => {
    expect(JSON.parse(await run('overlap', { json: true }))).toMatchObject({ cost: { is_free: false } });
  });
});

describe('what goes wrong', () => {
  it('is told with its code and its spot', async () => {
    await expect(run('profile')).rejects.toThrow('400 request_invalid; /breakdown: profile needs this.');
    await expect(run('overlap', {}, 'osec.connector')).rejects.toThrow('403 forbidden');
    await expect(run('overlap', { url: undefined })).rejects.toThrow('--url');
  });
});
