// What a platform with fields for consent is told of each person, from what is on record to the platform's own members; and that
// one without such fields is told what it always was.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DataManagerSandbox, startDataManagerSandbox } from '../../connectors/google-data-manager/sandbox.ts';
import { Chamber, PERSONS } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const GOOGLE = 'google-data-manager';
const ALSO = `advertising@${GOOGLE};advertising@file`;
/** Of every three persons one agreed to advertising, one to personalisation too, and one to personalisation at another kind. */
const CELLS = [ALSO, `${ALSO};personalisation@${GOOGLE}`, `${ALSO};personalisation@meta`, `personalisation@${GOOGLE}`];

let chamber: Chamber;
let sandbox: DataManagerSandbox;

beforeAll(async () => {
  chamber = await Chamber.open({ kind: 'purposes', cells: CELLS });
  Object.assign(chamber.world.ground.config, { allowPrivateDestinations: true });
  sandbox = await startDataManagerSandbox({ audiences: ['777'], processingMs: 0 });
  await chamber.load((person) => (person === 59 ? 3 : person % 3));
  const settings = {
    ...{ api_url: sandbox.url, token_url: sandbox.tokenUrl, account_type: 'GOOGLE_ADS', account_id: '1234567890' },
    ...{ audience_id: '777', data_type: 'user-id' },
  };
  const credentials = { client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' };
  await chamber.activate({ destination: { kind: GOOGLE, settings, credentials } });
  await chamber.activate({ as: 'file' });
});
afterAll(async () => {
  await chamber?.close();
  await sandbox?.close();
});

const personalised = (person: number) => sandbox.platform.consentOf('777', `id-${person}`)?.adPersonalization;
const everybody = Array.from({ length: PERSONS - 1 }, (_, person) => person);

/** Delivers everybody again; answers what the receipt says was decided. */
async function toldAgain(): Promise<string> {
  const { receipt_event_id, report } = await chamber.deliver('', 'full');
  expect(report.sent).toEqual({ added: PERSONS - 1, removed: 0 });
  const receipt = await chamber.call('compliance-officer', `GET /v1/audit/events/${receipt_event_id}`);
  return /consentSnapshotHash[\\":]+([0-9a-f]{64})/.exec(JSON.stringify(receipt))?.[1] ?? '';
}

test('personalisation is granted for those who agreed to it there, and denied for everybody else', async () => {
  const delivery = await chamber.deliver();
  expect(delivery).toMatchObject({ status: 'delivered', report: { sent: { added: PERSONS - 1, removed: 0 } } });
  expect(sandbox.platform.members('777')).toEqual(everybody.map((person) => `id-${person}`).sort());
  expect(everybody.map(personalised)).toEqual(
    everybody.map((person) => (person % 3 === 1 ? 'CONSENT_GRANTED' : 'CONSENT_DENIED')),
  );
  const said = everybody.map((person) => sandbox.platform.consentOf('777', `id-${person}`)?.adUserData);
  expect(new Set(said)).toEqual(new Set(['CONSENT_GRANTED']));
});

test('a withdrawal or an objection to that purpose alone is denied, takes nobody out, and changes the hash of what was said', async () => {
  const before = await toldAgain();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await toldAgain()).toBe(before);
  const withdrawal = { action: 'withdraw', digest: chamber.digestOf(1), purposes: ['personalisation'] };
  await chamber.call('compliance-officer', 'POST /v1/consents', withdrawal);
  await chamber.settle();
  const withdrawn = await toldAgain();
  expect([1, 4, 7].map(personalised)).toEqual(['CONSENT_DENIED', 'CONSENT_GRANTED', 'CONSENT_GRANTED']);
  const objection = { digests: [chamber.digestOf(4)], purposes: ['personalisation'] };
  await chamber.call('compliance-officer', 'POST /v1/objections', objection);
  await chamber.settle();
  const objected = await toldAgain();
  expect([1, 4, 7].map(personalised)).toEqual(['CONSENT_DENIED', 'CONSENT_DENIED', 'CONSENT_GRANTED']);
  expect(new Set([before, withdrawn, objected]).size).toBe(3);
});

test('a folder, which has no field for it, gets ids and nothing more', async () => {
  await chamber.deliver('file');
  expect(chamber.held()).toEqual(everybody.map((person) => `id-${person}`).sort());
  const folder = join(chamber.world.ground.config.dataDir, 'exports', chamber.id('osec'), 'out');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts.join('\n')).not.toMatch(/personalisation|consent/i);
});
