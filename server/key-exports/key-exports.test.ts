// Keys leave sealed to a recipient that was shown, after a second person of every tenant concerned approved, within a day, and as they were.
import sodium from 'libsodium-wrappers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { approve, findRequest } from '../testing/approving.ts';
import { play, type Step } from '../testing/play.ts';
import { meet } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { openBundle } from './key-export.ts';

let world: World;
let pair: { publicKey: string; privateKey: Uint8Array };

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  await meet(world);
  await sodium.ready;
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  pair = { publicKey: Buffer.from(publicKey).toString('base64'), privateKey };
});
afterAll(() => world.close());

const asking = (rest: object = {}): Step => ({
  who: 'osec.admin',
  does: 'POST /v1/key-exports',
  sending: { reason: 'Escrow at the notary.', recipient_public_key: pair.publicKey, ...rest },
  gets: 201,
  leaves: ['key-export.requested', 'approval.requested'],
  as: 'exp',
});
const collecting: Step = {
  who: 'osec.admin',
  does: 'POST /v1/key-exports/{exp}/collect',
  gets: 200,
  leaves: 'key.exported',
};
const refusedNow = { ...collecting, gets: 'state_conflict', leaves: [] } as const;

it('the own match key is collected by its recipient alone, once an officer approved', async () => {
  await play(world, [
    asking(),
    refusedNow,
    { ...refusedNow, who: 'osec.analyst', gets: 'forbidden', leaves: 'access.denied' },
  ]);
  const asked = await findRequest(world, 'osec.compliance-officer', 'exp');
  expect(asked?.shown.proposed).toMatchObject({
    recipient_public_key: pair.publicKey,
    reason: 'Escrow at the notary.',
  });
  expect(JSON.stringify(asked)).not.toContain('"key"');
  await approve(world, { who: 'osec.compliance-officer', subject: 'exp', leaves: 'approval.granted' });
  await play(world, [collecting, { ...refusedNow, who: 'rando.admin', gets: 'not_found' }]);
  const path = `/v1/key-exports/${world.names.get('exp')}/collect`;
  const { body, text } = await world.call({ who: 'osec.admin', method: 'POST', path });
  const tenant = world.names.get('osec') ?? '';
  const key = await asService(() => world.ground.keys.getTenantKey(tenant));
  const bundle = await openBundle(body.sealed, pair.privateKey);
  expect(bundle).toMatchObject({
    tenant,
    keys: [{ purpose: 'tenant-match', object: tenant, version: 1, key: Buffer.from(key).toString('base64') }],
  });
  expect(text).not.toContain(bundle.keys[0]?.key);
  await expect(openBundle(body.sealed, new Uint8Array(32).fill(9))).rejects.toThrow();
  world.clock.moveTo('2026-06-02T08:00:00.000Z');
  await play(world, [{ ...refusedNow, showing: { detail: expect.stringContaining('is over') } }]);
});

it('a key that was rotated since is another key: the approval is void', async () => {
  await play(world, [asking()]);
  await approve(world, { who: 'osec.compliance-officer', subject: 'exp', leaves: 'approval.granted' });
  const event = {
    tenantId: null,
    actor: { kind: 'worker', id: 'worker' },
    event: 'key.rotated',
    outcome: 'succeeded',
    subject: { kind: 'tenant', id: world.names.get('osec') ?? '' },
    detail: {},
  } as const;
  await asService(() =>
    auditedTransaction(world.ground.db, event, (tx) => world.ground.keys.createTenantKey(tx, event.subject.id)),
  );
  await play(world, [{ ...refusedNow, showing: { detail: expect.stringContaining('rotated') } }]);
});

it('a collaboration’s key needs an officer of every member', async () => {
  await play(world, [asking({ collaboration_id: '{col}' })]);
  await approve(world, { who: 'osec.compliance-officer', subject: 'exp', leaves: 'approval.granted' });
  await play(world, [refusedNow]);
  await approve(world, { who: 'rando.compliance-officer', subject: 'exp', leaves: 'approval.granted' });
  await play(world, [collecting]);
});

it('no key leaves to what is no public key, or to one that everybody opens', async () => {
  const invalid = { gets: 'request_invalid', leaves: [], as: 'none' } as const;
  const zero = Buffer.alloc(32).toString('base64');
  await play(world, [
    { ...asking({ recipient_public_key: 'bm8=' }), ...invalid },
    { ...asking({ recipient_public_key: zero }), ...invalid },
    { ...asking(), who: 'osec.analyst', gets: 'forbidden', leaves: 'access.denied', as: 'none' },
  ]);
});
