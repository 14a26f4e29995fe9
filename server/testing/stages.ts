// Stages that many scenarios start from, reached through the API; what the engine's jobs would do is written as they would write it.
import { activations } from '../activations/activation.ts';
import { showForecast } from '../activations/activation-approval.ts';
import { currentTermsHash } from '../activations/activation-terms.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { newId } from '../ids.ts';
import { play } from './play.ts';
import type { World } from './world.ts';

export const RULE = {
  allowed_analyses: ['overlap'],
  filter_attributes: ['last_raincoat', 'complaint'],
  breakdown_attributes: [],
  activation: { allowed: true, destinations: ['xandr', 'file'], purposes: ['advertising'], approval: 'required' },
  privacy_threshold: 50,
};

export const CRM_SCHEMA = {
  name: 'crm',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    last_raincoat: { role: 'attribute', kind: 'date', taxonomy: 'purchase/raincoat/last' },
    complaint: { role: 'attribute', kind: 'boolean' },
    spend: { role: 'attribute', kind: 'number' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};

export async function addDataset(
  world: World,
  options: { tenant: string; as: string; saltId?: string },
): Promise<void> {
  const who = `${options.tenant}.data-engineer`;
  const salt = options.saltId === undefined ? {} : { salt_id: options.saltId };
  await play(world, [
    {
      who,
      does: 'POST /v1/datasets',
      sending: { schema: CRM_SCHEMA, ...salt },
      gets: 201,
      leaves: 'dataset.created',
      as: options.as,
    },
  ]);
}

/** Drafted by the first tenant, accepted by all others, whose aliases are their names. */
export async function activate(world: World, options: { as: string; tenants: readonly string[] }): Promise<void> {
  const [owner = '', ...others] = options.tenants;
  const members = others.map((tenant) => ({ tenant_id: `{${tenant}}`, alias: tenant }));
  const sending = { name: options.as, alias: owner, members };
  const accepting = others.map((tenant, index) => ({
    who: `${tenant}.admin`,
    does: `POST /v1/collaborations/{${options.as}}/accept`,
    gets: 200,
    leaves:
      index < others.length - 1
        ? ('invitation.accepted' as const)
        : (['invitation.accepted', 'collaboration.activated', 'salt.issued'] as const),
  }));
  await play(world, [
    {
      who: `${owner}.admin`,
      does: 'POST /v1/collaborations',
      sending,
      gets: 201,
      leaves: 'collaboration.created',
      as: options.as,
    },
    {
      who: `${owner}.admin`,
      does: `POST /v1/collaborations/{${options.as}}/invite`,
      gets: 200,
      leaves: 'invitation.sent',
    },
    ...accepting,
  ]);
}

/** Offers the dataset under a rule, has every other tenant accept it and ends the job as the worker would. */
export async function contribute(
  world: World,
  options: {
    in: string;
    tenant: string;
    dataset: string;
    alias: string;
    as: string;
    accepting: readonly string[];
    rule?: unknown;
  },
): Promise<void> {
  const { in: collaboration, tenant, dataset, alias, as, rule = RULE } = options;
  await play(world, [
    {
      who: `${tenant}.data-engineer`,
      does: `POST /v1/collaborations/{${collaboration}}/contributions`,
      sending: { dataset_id: `{${dataset}}`, alias, rule },
      gets: 201,
      leaves: 'contribution.created',
      as,
    },
  ]);
  const stored = world.ground.db.knex('contributions').where({ id: world.names.get(as) ?? '' });
  const offered = await asService(async () => stored.first('change_id'));
  world.names.set(`${as}.change`, offered.change_id);
  await play(
    world,
    options.accepting.map((each, index) => ({
      who: `${each}.admin`,
      does: `POST /v1/collaborations/{${collaboration}}/changes/{${as}.change}/decision`,
      sending: { outcome: 'accept' },
      gets: 200,
      leaves:
        index < options.accepting.length - 1
          ? ('change.accepted' as const)
          : (['change.accepted', 'change.applied'] as const),
    })),
  );
  await endContributing(world, as);
}

export async function endContributing(world: World, contribution: string): Promise<void> {
  const row = { status: 'ready', engine_id: newId('con'), version_id: newId('dsv'), contributed_at: now(world) };
  await update(world, 'contributions', contribution, row);
}

/** Osec and Rando in an active collaboration `col`, one contribution ready from each, matched as `mat`. */
export async function meet(world: World): Promise<void> {
  await activate(world, { as: 'col', tenants: ['osec', 'rando'] });
  for (const [tenant, partner] of [
    ['osec', 'rando'],
    ['rando', 'osec'],
  ] as const) {
    const dataset = `${tenant}.dataset`;
    await addDataset(world, { tenant, as: dataset });
    await contribute(world, { in: 'col', tenant, dataset, alias: tenant, as: `${tenant}.con`, accepting: [partner] });
  }
  await play(world, [
    {
      who: 'osec.analyst',
      does: 'POST /v1/collaborations/{col}/matches',
      sending: { left_contribution_id: '{osec.con}', right_contribution_id: '{rando.con}' },
      gets: 202,
      leaves: 'match.requested',
      as: 'mat',
    },
  ]);
  await endJobOf(world, 'matches', 'mat');
}

export const SEGMENT_TEXT = 'osec.last_raincoat < 2025-01-01 EXCEPT osec.complaint';

/** On top of `meet`: Osec's segment `seg`, its audience `aud` and a destination `dst`. */
export async function prepareActivation(world: World): Promise<void> {
  await meet(world);
  const who = 'osec.analyst';
  await play(world, [
    {
      who,
      does: 'POST /v1/segments',
      sending: { name: 'Old coats', collaboration_id: '{col}', text: SEGMENT_TEXT },
      gets: 201,
      leaves: 'segment.created',
      as: 'seg',
    },
    {
      who,
      does: 'POST /v1/audiences',
      sending: { name: 'Old coats', segment_id: '{seg}', match_id: '{mat}' },
      gets: 202,
      leaves: 'audience.created',
      as: 'aud',
    },
    {
      who: 'osec.admin',
      does: 'POST /v1/destinations',
      sending: { name: 'Export', kind: 'file', settings: { folder: 'export', id_type: 'xandr-user-id' } },
      gets: 201,
      leaves: 'destination.created',
      as: 'dst',
    },
  ]);
  await endJobOf(world, 'audiences', 'aud');
}

/** The dry run of the activation ends as the worker would end it, with these counts. */
export async function endDryRun(
  world: World,
  activation: string,
  counts: { wouldDeliver: number; refused?: Readonly<Record<string, number>> } = { wouldDeliver: 12_300 },
): Promise<void> {
  const { ground } = world;
  const id = world.names.get(activation) ?? '';
  const refused = Object.entries(counts.refused ?? {}).map(([reason, value]) => [reason, { value }] as const);
  const event = {
    tenantId: world.names.get('osec') ?? null,
    actor: { kind: 'worker', id: 'worker' },
    event: 'activation.previewed',
    outcome: 'succeeded',
    subject: { kind: 'activation', id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const current = await activations.get(tx.trx, id);
    const forecast = {
      audience: { value: counts.wouldDeliver },
      would_deliver: { value: counts.wouldDeliver },
      refused: Object.fromEntries(refused),
      decision: null,
      at: now(world),
      terms_hash: await currentTermsHash(tx.trx, current),
    };
    await activations.save(tx, { ...current, dryRun: forecast });
    await showForecast(ground, tx, { activation: current, forecast });
  });
}

/** Status of a row as the worker would leave it. */
export async function endJobOf(world: World, table: 'matches' | 'audiences', name: string): Promise<void> {
  await update(world, table, name, table === 'matches' ? { status: 'ready', matched_at: now(world) } : READY_AUDIENCE);
}

const READY_AUDIENCE = { status: 'ready', size: JSON.stringify({ fewer_than: 50 }) };

async function update(world: World, table: string, name: string, columns: object): Promise<void> {
  const id = world.names.get(name) ?? '';
  const changed = await asService(async () => world.ground.db.knex(table).where({ id }).update(columns));
  if (changed !== 1) throw new Error(`there is no ${name} in ${table}`);
}

function now(world: World): string {
  return world.clock.now().toISOString();
}
