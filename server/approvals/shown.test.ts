// What an approver is shown, and what the approval is bound to: the document, its forecast, its term.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve, findRequest } from '../testing/approving.ts';
import { listEvents, play } from '../testing/play.ts';
import { endDryRun, prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { expireApprovals } from './expire-approvals.ts';
import { hashOf } from './shown.ts';

let world: World;
const OFFICER = 'rando.compliance-officer';

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
});
afterAll(() => world.close());

const DRAFT = { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' };
const who = 'osec.analyst';
const SUBMIT = { who, does: 'POST /v1/activations/{act}/submit', gets: 200 } as const;

beforeEach(async () => {
  await prepareActivation(world);
  await play(world, [
    { who, does: 'POST /v1/activations', sending: DRAFT, gets: 201, leaves: 'activation.requested', as: 'act' },
  ]);
});

const submit = () => play(world, [{ ...SUBMIT, leaves: ['approval.requested', 'activation.preview-requested'] }]);

describe('a request', () => {
  it('tells who asks, what changes, which policies decided and what the dry run found', async () => {
    await submit();
    await endDryRun(world, 'act', { wouldDeliver: 12_300, refused: { consent_purpose: 1840 } });
    const asked = await findRequest(world, OFFICER, 'act');
    expect(asked?.shown).toMatchObject({
      asked_by: world.names.get('osec.analyst'),
      forecast: { text: 'This would deliver 12,300, refuse 1,840 for consent purpose.' },
      changes: expect.arrayContaining([
        { pointer: '/purpose', before: null, after: 'advertising', text: 'purpose: advertising' },
      ]),
    });
    expect(hashOf(asked?.shown)).toBe(asked?.shown_hash);
  });

  it('shows another tenant no settings of a destination that is not theirs', async () => {
    await submit();
    const [own, foreign] = [
      await findRequest(world, 'osec.compliance-officer', 'act'),
      await findRequest(world, OFFICER, 'act'),
    ];
    expect(own?.shown.proposed.destination.settings).toEqual({ folder: 'export', id_type: 'xandr-user-id' });
    expect(JSON.stringify(foreign)).not.toContain('folder');
  });

  it('cannot be approved before its dry run has ended, but refused', async () => {
    await submit();
    const showing = { detail: expect.stringContaining('dry run has not ended') };
    await approve(world, { who: OFFICER, subject: 'act', gets: 'state_conflict', showing });
    await approve(world, {
      who: OFFICER,
      subject: 'act',
      outcome: 'refuse',
      leaves: ['approval.refused', 'activation.refused'],
    });
  });

  it('takes a dry run of the same terms that was made before, and asks for none', async () => {
    await endDryRun(world, 'act');
    await play(world, [{ ...SUBMIT, leaves: 'approval.requested' }]);
    expect((await findRequest(world, OFFICER, 'act'))?.shown.forecast).not.toBeNull();
  });

  it('is not answered by the hash of what was shown before the dry run', async () => {
    await submit();
    const before = await findRequest(world, OFFICER, 'act');
    await endDryRun(world, 'act');
    await play(world, [
      {
        who: OFFICER,
        does: `POST /v1/approvals/${before?.id}/decision`,
        sending: { outcome: 'approve', shown_hash: before?.shown_hash },
        gets: 'state_conflict',
      },
    ]);
  });
});

describe('a request that nobody decides', () => {
  it('runs out: it can be decided no more, and what was approved of the round counts for nothing', async () => {
    await submit();
    await endDryRun(world, 'act');
    await approve(world, { who: OFFICER, subject: 'act', leaves: 'approval.granted' });
    world.clock.moveTo('2026-06-08T08:00:00.000Z');
    const showing = { detail: expect.stringContaining('expired') };
    await approve(world, { who: 'osec.compliance-officer', subject: 'act', gets: 'state_conflict', showing });
    const before = (await listEvents(world)).length;
    expect(await expireApprovals(world.ground)).toBeGreaterThan(0);
    expect(new Set(await listEvents(world, before))).toEqual(new Set(['approval.expired']));
    await play(world, [
      { who, does: 'GET /v1/activations/{act}', gets: 200, showing: { status: 'draft' } },
      { ...SUBMIT, showing: { status: 'awaiting_approval' }, leaves: 'approval.requested' },
    ]);
    await approve(world, { who: 'osec.compliance-officer', subject: 'act', leaves: 'approval.granted' });
    await play(world, [
      { who, does: 'GET /v1/activations/{act}', gets: 200, showing: { status: 'awaiting_approval' } },
    ]);
  });
});
