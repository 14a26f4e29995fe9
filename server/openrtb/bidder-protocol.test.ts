// A bidder before the running service: what is signed is answered once, of its own destination alone.
import { readdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../connectors/kit/deliver.ts';
import { startProgress } from '../../connectors/kit/progress.ts';
import { openrtb } from '../../connectors/openrtb/destination.ts';
import { signatureHeaders } from '../../connectors/webhook/signature.ts';
import { parseSigningKey } from '../../connectors/webhook/signing-key.ts';
import { release, unreleased } from '../../policies/release.ts';
import { sampleRecordedAllow } from '../../policies/testing/sample-decisions.ts';
import { connectorOptions } from '../destinations/connector-options.ts';
import { destinations } from '../destinations/destination.ts';
import { problemWriter } from '../http/problem.ts';
import { openWorld, type World } from '../testing/world.ts';
import { bidderProtocol } from './bidder-protocol.ts';

const KEY = `whsec_${Buffer.from('one key of one bidder, 32 bytes.').toString('base64')}`;
const settings = { data_name: 'osec.example', segment_id: '3', eid_source: 'uidapi.com', id_type: 'customer' };
let world: World;
let server: Server;
let url: string;
let id: string;

beforeAll(async () => {
  world = await openWorld();
  const body = { name: 'Bidder', kind: 'openrtb', settings, credentials: { signing_key: KEY } };
  const made = await world.call({ who: 'osec.admin', method: 'POST', path: '/v1/destinations', body });
  id = made.body.id;
  const destination = await destinations.get(world.ground.db.knex, id);
  await deliver(openrtb as never, {
    ...(await connectorOptions(world.ground, destination, new AbortController().signal)),
    changes: release(unreleased(added()), sampleRecordedAllow()),
    progress: startProgress({ deliveryId: 'dlv_1', startedAtMs: 0 }),
    save: async () => undefined,
  });
  const app = express();
  app.use(bidderProtocol(world.ground).serve, problemWriter(world.ground.log));
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await world.close();
});

async function* added() {
  yield [{ id: 'customer-1', change: 'add' as const }];
}

let asked = 0;

async function ask(ids: readonly string[], how: { at?: string; key?: string; requestId?: string } = {}) {
  const body = Buffer.from(JSON.stringify({ ids }));
  const timestamp = Math.floor(world.ground.clock.now().getTime() / 1_000);
  const message = { id: how.requestId ?? `question-${++asked}`, timestamp, body };
  const headers = signatureHeaders(message, [parseSigningKey(how.key ?? KEY)!]);
  return fetch(`${url}/openrtb/${how.at ?? id}/users`, { method: 'POST', headers, body });
}

describe('the endpoint for bidders', () => {
  it('answers who signs, and signs its answer', async () => {
    const answer = await ask(['customer-1', 'customer-2']);
    expect([answer.status, answer.headers.get('webhook-signature')]).toEqual([200, expect.stringMatching(/^v1,/)]);
    expect(await answer.json()).toMatchObject({
      users: [{ user: { eids: [{ source: 'uidapi.com' }] } }, { user: {} }],
    });
  });

  it('refuses another key, a repeated question, and whoever is not signed at all', async () => {
    const other = `whsec_${Buffer.from('another key of another, 32 bytes').toString('base64')}`;
    expect((await ask(['customer-1'], { key: other })).status).toBe(401);
    expect((await ask(['customer-1'], { requestId: 'question-again' })).status).toBe(200);
    expect((await ask(['customer-1'], { requestId: 'question-again' })).status).toBe(409);
    const unsigned = await fetch(`${url}/openrtb/${id}/users`, {
      method: 'POST',
      body: '{"ids":["customer-1"]}',
    });
    expect(unsigned.status).toBe(401);
  });

  it('knows destinations of its kind alone, and none that was removed, whose members are gone', async () => {
    expect((await ask(['customer-1'], { at: 'dst_00000000000000000000000000' })).status).toBe(404);
    expect((await ask(['customer-1'], { at: 'nothing' })).status).toBe(404);
    const folder = join(world.ground.config.dataDir, 'exports', world.names.get('osec') ?? '', '.openrtb');
    expect(await readdir(folder)).toHaveLength(1);
    await world.call({ who: 'osec.admin', method: 'DELETE', path: `/v1/destinations/${id}` });
    expect(await readdir(folder)).toEqual([]);
    expect((await ask(['customer-1'])).status).toBe(404);
  });
});
