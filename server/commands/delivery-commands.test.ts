// The commands that docs/deliveries.md shows, as it shows them, against the whole API in this process.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '../ids.ts';
import { prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { deliveryProgram } from './delivery-commands.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await prepareActivation(world);
  const activation = { audience_id: id('aud'), destination_id: id('dst'), purpose: 'advertising' };
  const made = await world.call({ who: 'osec.analyst', method: 'POST', path: '/v1/activations', body: activation });
  world.names.set('act', made.body.id);
}, 60_000);
afterAll(() => world.close());

const id = (name: string) => world.names.get(name) ?? '';

/** Blocks of `ecluse …` lines marked with this word; `act_…` and the like stand for ids of this world. */
function commandsOf(mark: string): string[][] {
  const text = readFileSync(new URL('../../docs/deliveries.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh (\S+)\n([\s\S]*?)^```$/gm)].filter(([, marked]) => marked === mark);
  const lines = blocks.flatMap(([, , block = '']) => block.trim().split('\n'));
  return lines.map((line) => (line.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', '')));
}

async function run(words: readonly string[], role = 'analyst'): Promise<string> {
  let printed = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  process.env.ECLUSE_URL = world.url;
  process.env.ECLUSE_API_KEY = world.secretOf(`osec.${role}`);
  try {
    const filled = words.map((word) => word.replace(/^([a-z]{3})_…$/, (_, name: string) => id(name)));
    await deliveryProgram().parseAsync(filled, { from: 'user' });
  } finally {
    out.mockRestore();
  }
  return printed;
}

test('schedules are added, listed, paused, resumed and removed', async () => {
  const commands = commandsOf('schedules');
  expect(commands.map(([, verb]) => verb)).toEqual(['add', 'add', 'list', 'pause', 'resume', 'remove']);
  for (const words of commands) {
    const printed = await run(words);
    const [made] = printed.match(/sch_[0-9a-z]{26}/) ?? [];
    if (words[1] === 'add') world.names.set('sch', made ?? '');
    expect(printed).toContain(id('sch'));
    if (words[1] === 'pause') expect(printed).toContain('paused: asked');
    if (words[1] === 'add' || words[1] === 'resume') expect(printed).toMatch(/next run 2026-\d\d-\d\dT/);
  }
});

test('dead letters are listed and retried', async () => {
  const { knex } = world.ground.db;
  world.names.set('dlv', newId('dlv')).set('dlt', newId('dlt'));
  const created_at = world.clock.now().toISOString();
  const row = { tenant_id: id('osec'), activation_id: id('act'), created_at };
  const told = { status: 'partially_delivered', phase: 'completed', job_id: newId('job') };
  await knex('deliveries').insert({ ...row, ...told, id: id('dlv') });
  const letter = {
    kind: 'rejected_rows',
    codes: '{"unknown_id":2}',
    rows: 30,
    is_retryable: 1,
    batch: 1,
    first_row: 4,
    status: 'waiting',
  };
  const where = { delivery_id: id('dlv'), audience_id: id('aud'), destination_id: id('dst') };
  await knex('dead_letters').insert({
    ...row,
    ...where,
    ...letter,
    id: id('dlt'),
    expires_at: '2027-01-01T00:00:00.000Z',
  });
  await knex('activations')
    .where({ id: id('act') })
    .update({ status: 'approved' });
  const commands = commandsOf('dead-letters');
  expect(commands.map(([, verb]) => verb)).toEqual(['list', 'list', 'rows', 'rows', 'retry-rows', 'retry']);
  const [list, , rows, ofCode] = [
    await run(commands[0] ?? []),
    await run(commands[1] ?? []),
    await run(commands[2] ?? []),
    await run(commands[3] ?? []),
  ];
  expect(rows).toContain(
    'unknown_id (unknown person)  2 rows, 2 can be retried  The platform does not know this person',
  );
  expect(rows).toContain(`row 4  batch 2  unknown_id  can be retried  ${id('dlt')}\nrow 5  `);
  expect(ofCode).toBe(rows);
  expect(await run(commands[4] ?? [])).toMatch(/^what can be retried goes out again with dlv_/);
  await expect(run(commands[4] ?? [])).rejects.toThrow('Nothing of it waits');
  await knex('dead_letters').update({ status: 'waiting' });
  const again = await run(commands[5] ?? []);
  expect(list).toBe(`${id('dlt')}  ${id('dlv')}  rejected rows  30 rows  unknown_id 2  can be retried\n`);
  expect(again).toMatch(new RegExp(`^${id('dlt')} goes out again with dlv_`));
  expect(await run(commands[0] ?? [])).toBe('nothing waits\n');
});

test.each([
  [['schedules', 'add', 'act_…'], 'either --rule or --every'],
  [['schedules', 'add', 'act_…', '--every', '6 hours'], 'such as 6h'],
  [['schedules', 'add', 'act_…', '--rule', 'FREQ=YEARLY'], '/rule: FREQ must be one of'],
])('%j says how to mend it', (words, told) => expect(run(words)).rejects.toThrow(told));
