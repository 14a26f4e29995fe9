// The Data Manager client beyond the conformance suite: refused requests, consent on the platform, whole audiences, tokens.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { deliverOptions, type Exchange, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { type DeliverOptions, deliver } from '../kit/deliver.ts';
import { formatMember } from '../kit/member.ts';
import { googleDataManager } from './destination.ts';
import { type DataManagerSandbox, type DataManagerSandboxOptions, startDataManagerSandbox } from './sandbox.ts';

let sandbox: DataManagerSandbox;
let exchange: Exchange;
afterEach(() => sandbox.close());

const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');
const add = (from: number, to: number): ActivationChange[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: idAt(from + index), change: 'add' }));
const unused = () => Promise.reject(new Error('unused'));
const USER = { client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' };

async function begin(
  options: DataManagerSandboxOptions = {},
  settings: Record<string, unknown> = {},
  credentials: Record<string, unknown> = USER,
): Promise<void> {
  const clock = new FakeClock();
  sandbox = await startDataManagerSandbox({ clock, ...options });
  const account = { account_type: 'GOOGLE_ADS', account_id: '1234567890', audience_id: '777' };
  exchange = {
    clock,
    subject: { destination: googleDataManager, idAt, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      settings: { api_url: sandbox.url, token_url: sandbox.tokenUrl, ...account, data_type: 'email', ...settings },
      credentials,
      faults: { permanent: () => undefined },
      members: async () => members(),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
    },
  };
}
const members = (): string[] => sandbox.platform.members('777');
const send = (changes: readonly ActivationChange[], more: Partial<DeliverOptions> = {}, id = 'dlv_1') =>
  deliver(googleDataManager, { ...deliverOptions(exchange, new ProgressStore(id, exchange.clock), changes), ...more });
const seen = (operation: string) => sandbox.requests.filter((request) => request.operation === operation);
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');

describe('a request refused because of members', () => {
  const faulty = new Set([idAt(3), idAt(70), idAt(71)]);
  it('goes out again without those it names', async () => {
    await begin({ isValidMember: (id) => !faulty.has(id) });
    const report = await send(add(0, 100));
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { INVALID_AUDIENCE_MEMBER: 3 } });
    expect(members()).toHaveLength(97);
    expect(seen('ingest')).toHaveLength(2);
  });

  it('is halved until they are found when it names none', async () => {
    await begin({ isValidMember: (id) => !faulty.has(id), namesNoRow: true });
    const report = await send(add(0, 100));
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { INVALID_AUDIENCE_MEMBER: 3 } });
    expect(members()).toHaveLength(97);
    expect(seen('ingest').length).toBeLessThan(50);
  });

  it('is found in a member that is named with a reason nobody has met yet, and counted under it', async () => {
    await begin();
    const fieldViolations = [{ field: 'audience_members[2].user_data', reason: 'A_REASON_OF_NEXT_YEAR' }];
    const error = { code: 400, status: 'INVALID_ARGUMENT', details: [{ fieldViolations }] };
    const body = JSON.stringify({ error });
    sandbox.inject({ operation: 'ingest', kind: 'answer', answer: { status: 400, body } });
    const report = await send(add(0, 10));
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { A_REASON_OF_NEXT_YEAR: 1 } });
    expect(members()).toHaveLength(9);
  });

  it('is given up at once when the reason lies in the list and not in the member', async () => {
    await begin();
    const answer = { status: 400, body: fixture('refused-user-list-type') };
    sandbox.inject({ operation: 'ingest', kind: 'answer', answer });
    const report = await send(add(0, 100));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(seen('ingest')).toHaveLength(1);
  });

  it('is given up when the account has not signed the terms, and goes through once the user says it has', async () => {
    await begin({ termsRequired: true });
    expect(await send(add(0, 3))).toMatchObject({ status: 'failed' });
    exchange.world.settings.customer_match_terms = 'ACCEPTED';
    expect(await send(add(0, 3), {}, 'dlv_2')).toMatchObject({ status: 'delivered' });
  });

  it('for a field that the message does not have is not taken for a fault of rows', async () => {
    await begin();
    await send(add(0, 1));
    const headers = { authorization: seen('ingest')[0]!.headers.authorization!, 'content-type': 'application/json' };
    const address = { addressInfo: { givenName: 'x' } };
    const body = JSON.stringify({
      destinations: [{ operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1' }, productDestinationId: '777' }],
      audienceMembers: [{ userData: { userIdentifiers: [address] } }],
      encoding: 'HEX',
    });
    const answer = await fetch(`${sandbox.url}/v1/audienceMembers:ingest`, { method: 'POST', headers, body });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('addressInfo')]);
    expect(seen('ingest')[0]?.headers['login-customer-id']).toBeUndefined();
  });
});

describe('members', () => {
  it('with several identifiers are added and removed as one, and consent stands beside each', async () => {
    await begin({}, { data_type: 'member' });
    const before = formatMember({ email: [idAt(1)], phone: [idAt(2)] });
    const after = formatMember({ email: [idAt(1)], phone: [idAt(3)] });
    await send([{ id: before, change: 'add', consent: ['advertising'] }]);
    expect(sandbox.platform.consentOf('777', before)).toEqual({
      adUserData: 'CONSENT_GRANTED',
      adPersonalization: 'CONSENT_DENIED',
    });
    const changes: ActivationChange[] = [
      { id: before, change: 'remove' },
      { id: after, change: 'add', consent: ['advertising'] },
    ];
    expect(await send(changes, {}, 'dlv_2')).toMatchObject({ status: 'delivered', added: 1, removed: 1 });
    expect(members()).toEqual([after]);
    expect(
      sandbox.requests
        .map(({ operation }) => operation)
        .filter((one) => one !== 'status')
        .slice(-2),
    ).toEqual(['remove', 'ingest']);
  });

  it('known to have denied stay here and are counted', async () => {
    await begin();
    const report = await send([{ id: idAt(0), change: 'add', consent: [] }, ...add(1, 3)], { purpose: 'advertising' });
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { consent_denied: 1 } });
    expect(members()).toEqual([idAt(1), idAt(2)].sort());
  });

  it('that a whole audience no longer names leave it, also when it names none', async () => {
    await begin();
    await send(add(0, 5));
    await exchange.clock.sleep(60_000);
    await send(add(3, 8), { isWhole: true }, 'dlv_2');
    await exchange.clock.sleep(60_000);
    expect(members()).toEqual(
      add(3, 8)
        .map(({ id }) => id)
        .sort(),
    );
    await send([], { isWhole: true }, 'dlv_3');
    await exchange.clock.sleep(60_000);
    expect(members()).toEqual([]);
  });
});

describe('a request that was accepted', () => {
  it('and partly fails gives its counts under the reasons of the platform, read from text', async () => {
    await begin();
    sandbox.inject({
      operation: 'status',
      kind: 'answer',
      answer: { status: 200, body: fixture('status-partial-success') },
    });
    expect(await send(add(0, 10))).toMatchObject({
      status: 'partially_delivered',
      rejectedByPlatform: { PROCESSING_ERROR_REASON_NO_CONSENT: 3 },
    });
  });

  it('and fails makes its batch fail', async () => {
    await begin({}, { max_members_per_request: 5 });
    sandbox.platform.requestsToFail = 1;
    const report = await send(add(0, 10));
    expect(report).toMatchObject({ status: 'partially_delivered', batches: 1, batchesFailed: 1 });
    expect(report.failure?.message).toContain('PROCESSING_ERROR_REASON_INTERNAL_ERROR');
    expect(members()).toHaveLength(5);
  });
});

describe('access', () => {
  it('by a service account is a signed assertion for this scope', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') => String(key.export({ type, format: 'pem' }));
    const email = 'loader@project.iam.gserviceaccount.com';
    const credentials = { service_account_email: email, service_account_private_key: pem(privateKey, 'pkcs8') };
    await begin({ serviceAccounts: { [email]: pem(publicKey, 'spki') } }, {}, credentials);
    expect(await send(add(0, 3))).toMatchObject({ status: 'delivered' });
    expect(seen('token')).toHaveLength(1);
  });

  it('that is refused ends the delivery, with no word of the credentials', async () => {
    await begin({}, {}, { ...USER, refresh_token: 'canary-4711' });
    const report = await send(add(0, 3));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
    expect(seen('token')).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain('canary');
  });

  it.each([
    [{ client_id: 'a' }, '/credentials/client_secret'],
    [{}, '/credentials/refresh_token'],
    [{ ...USER, service_account_email: 'a@b' }, '/credentials/client_id'],
    [{ service_account_email: 'a@b', service_account_private_key: 'none' }, '/credentials/service_account_private_key'],
  ])('with %j is refused before anything is sent: %s', async (credentials, pointer) => {
    await begin({}, {}, credentials);
    await expect(send(add(0, 1))).rejects.toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ pointer })]),
    });
    expect(sandbox.requests).toEqual([]);
  });
});
