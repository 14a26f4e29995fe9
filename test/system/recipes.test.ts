// The recipes are executed, each by a member of its role, in a world where two organisations have met.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve } from '../../bench/demo/activate.ts';
import { answer } from '../../bench/demo/api.ts';
import { openRecipeWorld, type RecipeWorld } from './recipe-world.ts';

let world: RecipeWorld;

beforeAll(async () => {
  world = await openRecipeWorld();
});
afterAll(() => world?.close());

/** Blocks marked `sh world`, in order. */
function blocksOf(role: string): string[] {
  const text = readFileSync(new URL(`../../docs/recipes/${role}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```sh world\n([\s\S]*?)^```$/gm)].map(([, commands]) => commands!);
}

async function draftActivation(): Promise<string> {
  const { items } = await answer('listing', world.osec.analyst.api.GET('/v1/activations'));
  const { audience_id, destination_id, purpose } = items[0]!;
  const body = { audience_id, destination_id, purpose };
  return (await answer('drafting', world.osec.analyst.api.POST('/v1/activations', { body }))).id;
}

/** Nothing is approved before its dry run has ended, which a reader would wait for. */
async function dryRunShown(): Promise<void> {
  for (;;) {
    const params = { query: { status: 'pending' } } as const;
    const { items } = await answer('reading', world.osec.officer.api.GET('/v1/approvals', { params }));
    if (items.length > 0 && items.every(({ shown }) => shown.forecast !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('the recipes do what they say, in the order of a project', () => {
  it('operator', async () => {
    expect(await world.run(blocksOf('operator').join('\n'), world.operatorSecret)).toBeUndefined();
  });

  it('data engineer', async () => {
    expect(await world.run(blocksOf('data-engineer').join('\n'), world.rando.engineer.secret)).toBeUndefined();
  });

  it('analyst, with the officers approving in between', async () => {
    const blocks = blocksOf('analyst');
    expect(blocks.at(-1)).toContain('/deliveries');
    const { secret, api } = world.osec.analyst;
    expect(await world.run(blocks.slice(0, -1).join('\n'), secret)).toBeUndefined();
    const { items } = await answer('listing', api.GET('/v1/activations'));
    await approve(items[0]!.id, world.osec, world.rando);
    expect(await world.run([blocks[0], blocks.at(-1)].join('\n'), secret)).toBeUndefined();
  });

  it('compliance officer, with something to approve', async () => {
    const path = { activation_id: await draftActivation() };
    const { api } = world.osec.analyst;
    await answer('submitting', api.POST('/v1/activations/{activation_id}/submit', { params: { path } }));
    await dryRunShown();
    expect(await world.run(blocksOf('compliance-officer').join('\n'), world.osec.officer.secret)).toBeUndefined();
    expect(await world.run(blocksOf('policies').join('\n'), world.osec.officer.secret)).toBeUndefined();
  });

  it('compliance officer, proving what left', async () => {
    expect(await world.run(blocksOf('prove-what-left').join('\n'), world.osec.officer.secret)).toBeUndefined();
  });

  it('compliance officer, who answers a person', async () => {
    expect(await world.run(blocksOf('answer-a-request').join('\n'), world.osec.officer.secret)).toBeUndefined();
  });

  it('connector', async () => {
    expect(await world.run(blocksOf('connector').join('\n'), world.osec.admin.secret)).toBeUndefined();
  });
});
