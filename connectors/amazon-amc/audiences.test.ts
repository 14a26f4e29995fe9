// Amazon's audiences: made for an advertiser or a connection, chosen by an id, never listed, whatever the width of their ids.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListSandbox } from '../customer-list/sandbox-ground.ts';
import { SANDBOX_CREDENTIALS } from '../customer-list/sandbox-ground.ts';
import { systemClock } from '../kit/clock.ts';
import { deliverOptions, type FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { deliver, testDestination } from '../kit/deliver.ts';
import { listPlatformAudiences, pickPlatformAudience } from '../kit/platform-audiences.ts';
import { amazonAmc } from './destination.ts';
import { startAmazonAmcSandbox } from './sandbox.ts';

let sandbox: ListSandbox;
beforeEach(async () => {
  sandbox = await startAmazonAmcSandbox({ lists: ['39'] });
});
afterEach(() => sandbox.close());

const DIGEST = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514';
const ADVERTISER = { advertiser_id: '5920000000000000001' };
const CONNECTION = { connection_id: 'eb88dece-286d-4ad0-b7c5-87d229cdfd8f' };

function options(more: Record<string, unknown>) {
  const unused = () => Promise.reject(new Error('unused'));
  const settings = {
    api_url: sandbox.url,
    token_url: sandbox.tokenUrl,
    country_code: 'DE',
    data_type: 'email',
    ...more,
  };
  const exchange = {
    clock: systemClock as FakeClock,
    subject: { destination: amazonAmc, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      ...{ settings, credentials: SANDBOX_CREDENTIALS, faults: { permanent: () => undefined } },
      ...{ members: unused, traffic: unused, close: unused },
    },
  };
  return deliverOptions(exchange, new ProgressStore('dlv_1', systemClock), [{ id: DIGEST, change: 'add' }]);
}
const seen = (operation: string) => sandbox.requests.filter((request) => request.operation === operation);

describe('an audience of Amazon', () => {
  it('is made once while it is chosen, keeps every digit of its id, and is filled', async () => {
    const made = await pickPlatformAudience(amazonAmc, options(ADVERTISER), { name: 'hikers' });
    expect(made).toEqual({ id: '413642381039213501', name: 'hikers' });
    const chosen = options({ ...ADVERTISER, audience_id: made.id });
    expect(await listPlatformAudiences(amazonAmc, chosen)).toEqual([made]);
    expect(await pickPlatformAudience(amazonAmc, chosen, { name: 'hikers' })).toEqual(made);
    expect(seen('create')).toHaveLength(1);
    expect(await deliver(amazonAmc, chosen)).toMatchObject({ status: 'delivered', added: 1 });
    expect(sandbox.lists.members(made.id)).toEqual([DIGEST]);
  });

  it.each([
    [ADVERTISER, '{"advertiserId":5920000000000000001}'],
    [CONNECTION, '{"connectionId":"eb88dece-286d-4ad0-b7c5-87d229cdfd8f"}'],
  ])('belongs to %j', async (place, targetResource) => {
    await pickPlatformAudience(amazonAmc, options(place), { name: 'hikers' });
    expect(seen('create')[0]?.body.toString('utf8')).toBe(
      `{"name":"hikers","description":"hikers","countryCode":"DE","targetResource":${targetResource},` +
        '"metadata":{"externalAudienceId":"ecluse-39331362f4bfa1ccaf6bf9dcf0ffde69"}}',
    );
  });

  it('is not made for nobody, nor for two', async () => {
    await expect(pickPlatformAudience(amazonAmc, options({}), { name: 'a' })).rejects.toThrow('advertiser_id');
    const both = options({ ...ADVERTISER, ...CONNECTION });
    expect(() => validateSettings(amazonAmc, both, { audienceMayWait: true })).toThrow('/settings/connection_id');
    expect(seen('create')).toEqual([]);
  });

  it('is chosen by an id that the platform knows', async () => {
    expect(await pickPlatformAudience(amazonAmc, options({}), { id: '39' })).toEqual({ id: '39', name: '39' });
    for (const id of ['40', '../39', '']) {
      await expect(pickPlatformAudience(amazonAmc, options({}), { id })).rejects.toMatchObject({ code: 'rejected' });
    }
  });

  it('may wait: the token is tried, nothing is listed, and nobody is sent', async () => {
    await expect(testDestination(amazonAmc, options({}))).resolves.toBeUndefined();
    expect(seen('list')[0]?.url.pathname).toBe('/amc/audiences/connections');
    expect(await listPlatformAudiences(amazonAmc, options({}))).toEqual([]);
    await expect(deliver(amazonAmc, options({}))).rejects.toThrow('/settings/audience_id');
    sandbox.inject({ operation: 'list', kind: 'answer', answer: { status: 403 } });
    await expect(testDestination(amazonAmc, options({}))).rejects.toThrow();
  });
});
