// Deletion requests of the IAB framework: believed only when both tokens are signed by pinned keys, at their time, once.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asService } from '../../database/row-scope.ts';
import { problemWriter } from '../../http/problem.ts';
import { openWorld, type World } from '../../testing/world.ts';
import { ddrfProtocol } from './ddrf-protocol.ts';
import { RESULT } from './verify-request.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let world: World;
let server: Server;
let url: string;
let keys: Record<'publisher' | 'vendor' | 'stranger', Pair>;

const SCHEMA = {
  name: 'crm',
  columns: {
    email: { role: 'identifier', type: 'email' },
    device: { role: 'identifier', type: 'mobile-advertising-id' },
    meta_email: { role: 'activation-id', type: 'platform-digest', profile: 'snap@2026-06' },
  },
};

beforeAll(async () => {
  world = await openWorld(['osec']);
  keys = {
    publisher: await generateKeyPair('RS256', { extractable: true }),
    vendor: await generateKeyPair('ES256', { extractable: true }),
    stranger: await generateKeyPair('RS256', { extractable: true }),
  };
  await call('data-engineer', 'POST', '/v1/datasets', { schema: SCHEMA });
  const issuers = [
    { issuer: 'publisher.example', keys: [await publicOf('publisher')] },
    { issuer: 'vendor.example', keys: [await publicOf('vendor')] },
  ];
  await call('compliance-officer', 'PUT', '/v1/ddrf-settings', { domain: 'osec.example', issuers });
  const app = express();
  app.use(ddrfProtocol(world.ground).serve, problemWriter(world.ground.log));
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', () => resolve());
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

async function call(role: string, method: string, path: string, body?: unknown) {
  const answer = await world.call({ who: `osec.${role}`, method, path, body });
  if (answer.status >= 300) throw new Error(answer.text);
  return answer.body;
}

async function publicOf(name: keyof typeof keys): Promise<JWK> {
  return { ...(await exportJWK(keys[name].publicKey)), kid: name };
}

const SUBJECT = { identifierValue: 'a'.repeat(64), identifierType: 'email', identifierFormat: 'sha256' };
let count = 0;

interface Made {
  readonly claims?: Record<string, unknown>;
  readonly by?: keyof typeof keys;
  readonly alg?: string;
}

async function token(made: Required<Made>): Promise<string> {
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const claims = { version: '1.0', jti: `t${count++}`, iat: now, sub: SUBJECT, ...made.claims };
  const jwt = new SignJWT(claims as never).setProtectedHeader({ alg: made.alg, typ: 'JWT' });
  return jwt.sign(keys[made.by].privateKey);
}

async function request({ id = {}, rq = {} }: { id?: Made; rq?: Made } = {}): Promise<string> {
  const idClaims = { iss: 'publisher.example', ...id.claims };
  const idJWT = await token({ by: 'publisher', alg: 'RS256', ...id, claims: idClaims });
  return token({ by: 'vendor', alg: 'ES256', ...rq, claims: { iss: 'vendor.example', idJWT, ...rq.claims } });
}

async function send(body: string) {
  const { pathname } = new URL((await (await fetch(`${url}/dsrdelete.json`)).json()).endpoint);
  const answer = await fetch(`${url}${pathname}`, { method: 'POST', body });
  const { publicKey } = await (await fetch(`${url}${pathname}/dsrdelete.json`)).json();
  const acknowledged = await jwtVerify(await answer.text(), createLocalJWKSet({ keys: publicKey }), {
    issuer: 'osec.example',
    currentDate: world.clock.now(),
  });
  return { status: answer.status, claims: acknowledged.payload };
}

const countRequests = async () =>
  asService(async () => (await world.ground.db.knex('deletion_requests').where({ source: 'iab-ddrf' })).length);

test('dsrdelete.json offers what leads into a dataset, and the key of the acknowledgements', async () => {
  const resource = await (await fetch(`${url}/dsrdelete.json`)).json();
  expect(resource).toMatchObject({
    endpoint: expect.stringMatching(/\/ddrf\/ten_/),
    identifiers: [
      { id: 1, type: 'email', format: 'sha256' },
      { id: 2, type: 'maid', format: 'raw' },
      { id: 3, type: 'salted-digest', format: 'sha256' },
    ],
    publicKey: [{ kty: 'RSA', use: 'sig' }],
    vendorScriptRequirement: false,
  });
  expect(Object.keys(resource.publicKey[0])).not.toContain('d');
});

test('a request in order is taken, becomes a deletion request and is acknowledged with its own token', async () => {
  const before = await countRequests();
  const sent = await request();
  expect(await send(sent)).toMatchObject({ status: 202, claims: { raResultCode: 0, rqJWT: sent, version: '1.0' } });
  expect(await countRequests()).toBe(before + 1);
  const { items } = await call('compliance-officer', 'GET', '/v1/deletion-requests');
  expect(items[0]).toMatchObject({ source: 'iab-ddrf', reference: 'publisher.example', named: { digests: 1 } });
});

test('it may stand in a JSON object, and a device id is hashed under the salt here', async () => {
  const sub = {
    identifierValue: '38400000-8cf0-11bd-b23e-10b96e40000d',
    identifierType: 'maid',
    identifierFormat: 'raw',
  };
  const rqJWT = await request({ id: { claims: { sub } }, rq: { claims: { sub } } });
  expect(await send(JSON.stringify({ rqJWT }))).toMatchObject({ status: 202 });
});

test('neither token is taken twice, not even within another', async () => {
  const sent = await request();
  expect(await send(sent)).toMatchObject({ status: 202 });
  expect(await send(sent)).toMatchObject({ status: 400, claims: { raResultCode: RESULT.token } });
  const idJWT = await token({ by: 'publisher', alg: 'RS256', claims: { iss: 'publisher.example' } });
  expect(await send(await request({ rq: { claims: { idJWT } } }))).toMatchObject({ status: 202 });
  expect(await send(await request({ rq: { claims: { idJWT } } }))).toMatchObject({ status: 400 });
});

describe('what is not in order erases nobody', () => {
  const iat = (secondsAgo: number) => ({ iat: Math.floor(world.clock.now().getTime() / 1000) - secondsAgo });
  const other = { ...SUBJECT, identifierValue: 'b'.repeat(64) };
  const cases: [string, () => Promise<string>, number][] = [
    ['a signature of another key', () => request({ rq: { by: 'stranger', alg: 'RS256' } }), RESULT.signature],
    ['a first party that is not pinned', () => request({ id: { claims: { iss: 'evil.example' } } }), RESULT.signature],
    [
      'the requester posing as the first party',
      () => request({ id: { by: 'vendor', alg: 'ES256' } }),
      RESULT.signature,
    ],
    ['an unsigned token', async () => unsigned(await request()), RESULT.signature],
    ['a request from the future', () => request({ rq: { claims: iat(-3600) } }), RESULT.timestamp],
    ['a request of long ago', () => request({ rq: { claims: iat(3 * 86_400) } }), RESULT.timestamp],
    ['a first token of long ago', () => request({ id: { claims: iat(60 * 86_400) } }), RESULT.timestamp],
    ['no iat', () => request({ rq: { claims: { iat: undefined } } }), RESULT.timestamp],
    ['no jti', () => request({ rq: { claims: { jti: undefined } } }), RESULT.malformed],
    ['no idJWT', () => request({ rq: { claims: { idJWT: undefined } } }), RESULT.malformed],
    ['another version', () => request({ id: { claims: { version: '2.0' } } }), RESULT.malformed],
    ['another person than the first party named', () => request({ rq: { claims: { sub: other } } }), RESULT.malformed],
    ['a type that leads nowhere', () => subject({ ...SUBJECT, identifierType: 'phone' }), RESULT.identifierType],
    ['a format that is not offered', () => subject({ ...SUBJECT, identifierFormat: 'md5' }), RESULT.identifierFormat],
    ['a value that is no digest', () => subject({ ...SUBJECT, identifierValue: 'x' }), RESULT.identifierFormat],
    ['no token at all', async () => 'hello', RESULT.token],
  ];
  const subject = (sub: typeof SUBJECT) => request({ id: { claims: { sub } }, rq: { claims: { sub } } });
  const unsigned = (signed: string) => {
    const claims = JSON.parse(Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return new UnsecuredJWT(claims).encode();
  };

  test.each(cases)('%s', async (_, made, code) => {
    const before = await countRequests();
    expect(await send(await made())).toMatchObject({ status: 400, claims: { raResultCode: code } });
    expect(await countRequests()).toBe(before);
  });
});

test('a secret key is refused rather than kept', async () => {
  const secret = { ...(await exportJWK(keys.stranger.privateKey)), kid: 'x' };
  const body = { domain: 'osec.example', issuers: [{ issuer: 'x.example', keys: [secret] }] };
  const answer = await world.call({ who: 'osec.compliance-officer', method: 'PUT', path: '/v1/ddrf-settings', body });
  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain(String(secret.d));
});
