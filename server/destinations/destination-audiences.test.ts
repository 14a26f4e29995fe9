// A destination may be configured before its audience is known: it is listed, chosen or made, and nothing is delivered before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetaSandbox, SANDBOX_ACCESS_TOKEN, startMetaSandbox } from '../../connectors/meta/sandbox.ts';
import { showAudiences } from '../commands/destination-audiences.ts';
import { play, type Step } from '../testing/play.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
let sandbox: MetaSandbox;

beforeAll(async () => {
  world = await openWorld();
  // The sandbox is at a private address.
  Object.assign(world.ground.config, { allowPrivateDestinations: true });
  sandbox = await startMetaSandbox();
});
afterAll(async () => {
  await sandbox.close();
  await world.close();
});

const configured = (rest: Partial<Step> = {}): Step => ({
  who: 'osec.admin',
  does: 'POST /v1/destinations',
  sending: {
    name: 'Ads',
    kind: 'meta',
    settings: { api_url: sandbox.url, data_type: 'external-id', ad_account_id: '1234567890' },
    credentials: { access_token: SANDBOX_ACCESS_TOKEN },
  },
  gets: 201,
  leaves: 'destination.created',
  as: 'dst',
  ...rest,
});
const at = '/v1/destinations/{dst}/audiences';

describe('the audience of a destination', () => {
  it('is made under a name, once, and filled from then on', async () => {
    await play(world, [
      configured(),
      { who: 'osec.admin', does: `GET ${at}`, gets: 200, showing: { items: [] } },
      {
        ...{ who: 'osec.admin', does: `POST ${at}`, sending: { name: 'hikers' }, gets: 200 },
        ...{ showing: { id: '90001', name: 'hikers', is_chosen: true }, leaves: 'destination.audience-chosen' },
      },
      {
        who: 'osec.admin',
        does: `POST ${at}`,
        sending: { name: 'hikers' },
        gets: 200,
        showing: { id: '90001' },
        leaves: 'destination.audience-chosen',
      },
      {
        who: 'osec.admin',
        does: `POST ${at}`,
        sending: { name: 'divers' },
        gets: 200,
        showing: { id: '90002' },
        leaves: 'destination.audience-chosen',
      },
      {
        who: 'osec.admin',
        does: `POST ${at}`,
        sending: { id: '90001' },
        gets: 200,
        showing: { name: 'hikers' },
        leaves: 'destination.audience-chosen',
      },
      {
        who: 'osec.admin',
        does: 'GET /v1/destinations/{dst}',
        gets: 200,
        showing: { settings: { audience_id: '90001' } },
      },
      {
        ...{ who: 'osec.admin', does: `GET ${at}`, gets: 200 },
        showing: {
          items: [
            { id: '90001', name: 'hikers', is_chosen: true },
            { id: '90002', name: 'divers', is_chosen: false },
          ],
        },
      },
    ]);
  });

  it('that the platform does not have is not chosen, and the destination stays as it was', async () => {
    await play(world, [
      { who: 'osec.admin', does: `POST ${at}`, sending: { id: '7' }, gets: 'state_conflict' },
      { who: 'osec.admin', does: `POST ${at}`, sending: {}, gets: 'request_invalid' },
      { who: 'osec.admin', does: `POST ${at}`, sending: { id: '90002', name: 'divers' }, gets: 'request_invalid' },
      {
        who: 'osec.admin',
        does: 'GET /v1/destinations/{dst}',
        gets: 200,
        showing: { settings: { audience_id: '90001' } },
      },
    ]);
  });

  it('is for admins of its tenant, and there is none of a folder', async () => {
    const folder = { name: 'F', kind: 'file', settings: { folder: 'a', id_type: 'customer' } };
    await play(world, [
      { who: 'osec.analyst', does: `GET ${at}`, gets: 'forbidden', leaves: 'access.denied' },
      { who: 'rando.admin', does: `GET ${at}`, gets: 'not_found' },
      { who: 'rando.admin', does: `POST ${at}`, sending: { name: 'a' }, gets: 'not_found' },
      configured({ sending: folder, as: 'folder' }),
      { who: 'osec.admin', does: 'GET /v1/destinations/{folder}/audiences', gets: 'state_conflict' },
    ]);
  });

  it('is shown and chosen by the command line', async () => {
    const destination = world.names.get('dst') ?? '';
    const run = async (flags: { choose?: string; make?: string; json?: boolean } = {}) => {
      let printed = '';
      const write = (text: string) => {
        printed += text;
      };
      const env = { ECLUSE_API_KEY: world.secretOf('osec.admin'), ECLUSE_URL: world.url };
      await showAudiences(destination, { json: false, ...flags }, { env, write });
      return printed;
    };
    expect(await run()).toBe('* 90001  hikers\n  90002  divers\n');
    expect(await run({ choose: '90002' })).toBe('* 90002  divers\n');
    expect(JSON.parse(await run({ make: 'cyclists', json: true }))).toEqual({
      id: '90003',
      name: 'cyclists',
      is_chosen: true,
    });
    await expect(run({ make: 'a', choose: '1' })).rejects.toThrow('--choose');
  });
});
