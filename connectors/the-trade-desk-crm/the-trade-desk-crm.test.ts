// CRM data of The Trade Desk: whole audiences in one drop, and nothing that a replacement could not say.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { describeConformance } from '../kit/conformance.ts';
import { deliverOptions, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { deliver } from '../kit/deliver.ts';
import { SANDBOX_LOGIN, SANDBOX_TOKEN } from '../the-trade-desk/sandbox-tokens.ts';
import { theTradeDeskCrm } from './destination.ts';
import { dropTerms } from './payload.ts';
import { type CrmSandbox, startTradeDeskCrmSandbox } from './sandbox.ts';
import type { CrmSettings } from './settings.ts';

const idAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('base64');
const base = { advertiser_id: 'adv1', crm_data_id: 'crm1', min_rows: 1 };

describeConformance({
  destination: theTradeDeskCrm,
  idAt,
  invalidIds: [
    '',
    'user@example.com',
    createHash('sha256').update('x').digest('hex'),
    idAt(1).slice(1),
    `${idAt(1)}\n`,
  ],
  invalidSettings: [
    { change: { region: 'EMEA' }, pointer: '/settings/region' },
    { change: { crm_data_id: 'a b' }, pointer: '/settings/crm_data_id' },
    { change: { advertiser_id: '' }, pointer: '/settings/advertiser_id' },
    { change: { upload_hosts: '*' }, pointer: '/settings/upload_hosts' },
    { change: { min_rows: 0 }, pointer: '/settings/min_rows' },
  ],
  start: async (clock) => {
    const sandbox = await startTradeDeskCrmSandbox({ clock, advertisers: ['adv1'] });
    return {
      settings: { ...base, api_url: sandbox.url },
      credentials: { ...SANDBOX_LOGIN },
      members: async () => sandbox.members('crm1'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.fail('unavailable'),
          () => sandbox.inject({ operation: 'upload', kind: 'reset' }),
          () => sandbox.inject({ operation: 'upload', kind: 'answer', answer: { status: 503 } }),
          () => sandbox.inject({ operation: 'drop', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'drop', kind: 'answer', answer: { status: 200, body: '<html>' } }),
        ],
        throttle: () => sandbox.fail('throttle'),
        authExpiry: () => sandbox.fail('unauthenticated'),
        permanent: () => sandbox.inject({ operation: 'drop', kind: 'answer', answer: { status: 403 } }),
      },
    };
  },
});

describe('a drop', () => {
  let sandbox: CrmSandbox;
  afterEach(() => sandbox.close());

  async function send(changes: readonly ActivationChange[], { settings = {}, isWhole = true, minRows = 1 } = {}) {
    const clock = new FakeClock();
    sandbox ??= await startTradeDeskCrmSandbox({ clock, minRows });
    const unused = () => Promise.reject(new Error('unused'));
    const exchange = {
      clock,
      subject: { destination: theTradeDeskCrm, idAt, invalidIds: [], invalidSettings: [], start: unused },
      world: {
        ...{ settings: { ...base, api_url: sandbox.url, ...settings }, credentials: { token: SANDBOX_TOKEN } },
        ...{ faults: { permanent: () => undefined }, members: unused, traffic: unused, close: unused },
      },
    };
    return deliver(theTradeDeskCrm, {
      ...deliverOptions(exchange, new ProgressStore('dlv_1', clock), changes),
      isWhole,
    });
  }
  const add = (count: number): ActivationChange[] =>
    Array.from({ length: count }, (_, index) => ({ id: idAt(index), change: 'add' }));

  it('replaces whoever was there before', async () => {
    sandbox = await startTradeDeskCrmSandbox();
    await send(add(5));
    expect(await send([{ id: idAt(7), change: 'add' }])).toMatchObject({ status: 'delivered', added: 1 });
    expect(sandbox.members('crm1')).toEqual([idAt(7)]);
    expect(dropTerms({ retention: false } as CrmSettings)).toEqual(
      JSON.parse(readFileSync(new URL('fixtures/replace.json', import.meta.url), 'utf8')),
    );
  });

  it('is not made of a delta: it would take out everybody else', async () => {
    sandbox = await startTradeDeskCrmSandbox();
    await send(add(5));
    expect(await send(add(1), { isWhole: false })).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(sandbox.members('crm1')).toHaveLength(5);
  });

  it('of too few or of nobody is refused before anything is sent', async () => {
    sandbox = await startTradeDeskCrmSandbox();
    expect(await send(add(9), { settings: { min_rows: 10 } })).toMatchObject({ status: 'failed' });
    expect(await send([])).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(sandbox.requests).toEqual([]);
  });

  it('goes nowhere but where the settings let it, whatever address the platform hands out', async () => {
    sandbox = await startTradeDeskCrmSandbox();
    const Url = 'https://elsewhere.example/drop';
    sandbox.inject({ operation: 'drop', kind: 'answer', answer: { status: 200, body: JSON.stringify({ Url }) } });
    expect(await send(add(2))).toMatchObject({ status: 'failed', failure: { code: 'host_refused' } });
  });

  it.each([[{}], [{ token: 't', login: 'a', password: 'b' }], [{ login: 'a' }]])(
    'is not signed in for by %j',
    async (given) => {
      sandbox = await startTradeDeskCrmSandbox();
      expect(() => validateSettings(theTradeDeskCrm, { settings: base, credentials: given })).toThrow('/credentials');
    },
  );
});
