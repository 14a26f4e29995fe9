// Four eyes over everything that takes them: nobody approves what they asked for, another hash than that of what was shown is refused,
// what changed since is void, and what nobody decided in a week opens nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, findRequest } from '../testing/approving.ts';
import { play, type Step } from '../testing/play.ts';
import { meet, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { expireApprovals } from './expire-approvals.ts';

const OFFICER = 'osec.compliance-officer';
const DAY_MS = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  await world.addMember({
    tenant: 'osec',
    name: 'everything',
    roles: ['admin', 'data-engineer', 'analyst', 'compliance-officer'],
  });
  await meet(world);
});
afterAll(() => world.close());

interface Kind {
  readonly kind: string;
  readonly asking: Omit<Step, 'who' | 'gets'> & { readonly gets: number };
  /** Changes what would be done, behind the back of whoever approves. */
  readonly change: { readonly table: string; readonly to: object };
  /** What stands of it once nobody decided. */
  readonly ended: string;
}

const forbidding = `@id("ours") @title("At least 500 persons") @reason("We want so.") @code("below_threshold")
forbid (principal, action in Action::"any release", resource) unless { context.persons >= 500 };`;

const KINDS: readonly Kind[] = [
  {
    kind: 'rule-change',
    asking: {
      does: 'PUT /v1/contributions/{osec.con}/rule',
      sending: { ...RULE, filter_attributes: ['last_raincoat', 'complaint', 'spend'] },
      gets: 200,
      leaves: ['change.proposed', 'approval.requested'],
    },
    change: { table: 'change_proposals', to: { status: 'void' } },
    ended: 'void',
  },
  {
    kind: 'policy-change',
    asking: {
      does: 'POST /v1/policy-versions',
      sending: { text: forbidding, comment: 'We want 500.' },
      gets: 201,
      leaves: ['policy.proposed', 'approval.requested'],
    },
    change: { table: 'policy_versions', to: { set_hash: '0'.repeat(64) } },
    ended: 'expired',
  },
  {
    kind: 'key-export',
    asking: {
      does: 'POST /v1/key-exports',
      sending: { reason: 'Escrow.', recipient_public_key: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=' },
      gets: 201,
      leaves: ['key-export.requested', 'approval.requested'],
    },
    change: { table: 'key_exports', to: { recipient_public_key: `${'A'.repeat(43)}=` } },
    ended: 'expired',
  },
  {
    kind: 'break-glass-read',
    asking: {
      does: 'POST /v1/break-glass-reads',
      sending: { permissions: ['job:read'], minutes: 60, reason: 'A match does not end.' },
      gets: 201,
      leaves: ['break-glass.requested', 'approval.requested'],
    },
    change: { table: 'break_glass_reads', to: { minutes: 480 } },
    ended: 'expired',
  },
];

const ask = (of: Kind, who: string) => play(world, [{ ...of.asking, who, as: 'asked' }]);
const rowOf = ({ change }: Kind) => world.ground.db.knex(change.table).where({ id: world.names.get('asked') ?? '' });

describe.each(KINDS)('$kind', (of) => {
  it('is approved by nobody who asked for it, whatever their roles', async () => {
    await ask(of, 'osec.everything');
    expect((await findRequest(world, OFFICER, 'asked'))?.shown.summary).toEqual(expect.any(String));
    await approve(world, { who: 'osec.everything', subject: 'asked', gets: 'forbidden', leaves: 'access.denied' });
  });

  it('is approved for what was shown alone: by another hash it is refused, and once it changed it is void', async () => {
    await ask(of, 'osec.everything');
    const asked = await findRequest(world, OFFICER, 'asked');
    const step = { who: OFFICER, does: `POST /v1/approvals/${asked?.id}/decision`, gets: 'state_conflict' } as const;
    await play(world, [{ ...step, sending: { outcome: 'approve', shown_hash: '0'.repeat(64) } }]);
    await rowOf(of).update(of.change.to);
    await play(world, [{ ...step, sending: { outcome: 'approve', shown_hash: asked?.shown_hash } }]);
  });

  it('runs out after a week: it can be decided no more, and opens nothing', async () => {
    await ask(of, 'osec.everything');
    world.clock.moveTo(new Date(world.clock.now().getTime() + 7 * DAY_MS).toISOString());
    const showing = { detail: expect.stringContaining('expired') };
    await approve(world, { who: OFFICER, subject: 'asked', gets: 'state_conflict', showing });
    expect(await expireApprovals(world.ground)).toBeGreaterThan(0);
    expect(await findRequest(world, OFFICER, 'asked')).toBeUndefined();
    expect(await rowOf(of).first('status')).toEqual({ status: of.ended });
  });
});
