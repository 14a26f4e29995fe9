// The HTTP surface: who is let in, what is refused, and in which words.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_STATUS, type ErrorCode, ServiceError } from '../errors.ts';
import { openWorld, type World } from '../testing/world.ts';
import { operationsOf, readContract } from './contract.ts';
import { docsPage } from './docs-page.ts';
import { problemOf, serviceErrorOf } from './problem.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec']);
});
afterAll(() => world?.close());

const admin = 'osec.admin';

async function raw(method: string, path: string, headers: Record<string, string>, body: string | null = null) {
  const answer = await fetch(world.url + path, { method, headers, body });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('an API key', () => {
  const listMembers = (secret: string) => raw('GET', '/v1/members', { authorization: `Bearer ${secret}` });
  const issue = async (body: object) =>
    (
      await world.call({
        who: admin,
        method: 'POST',
        path: '/v1/api-keys',
        body: { member_id: world.names.get(admin), name: 'k', ...body },
      })
    ).body;

  test('is refused in the same words whether unknown, altered, expired or revoked', async () => {
    const revoked = await issue({});
    await world.call({ who: admin, method: 'DELETE', path: `/v1/api-keys/${revoked.api_key.id}` });
    const expired = await issue({ expires_at: '2026-06-01T08:00:01.000Z' });
    world.clock.moveTo('2026-06-01T08:00:02.000Z');
    const living = (await issue({})).secret as string;
    const altered = living.slice(0, -1) + (living.endsWith('A') ? 'B' : 'A');
    expect((await listMembers(living)).status).toBe(200);
    const bad = [
      revoked.secret,
      expired.secret,
      altered,
      'nonsense',
      '',
      `ecl_key_${'0'.repeat(26)}_${'A'.repeat(43)}`,
    ];
    for (const secret of bad) {
      const answer = await listMembers(secret);
      expect(answer.status).toBe(401);
      const { request_id, ...words } = JSON.parse(answer.text);
      expect(words).toEqual({
        type: 'urn:ecluse:problem:unauthenticated',
        title: 'Sign in, or send an API key',
        status: 401,
        code: 'unauthenticated',
      });
      expect(request_id).toBeTruthy();
    }
  });

  test('narrowed to a permission does that and nothing else', async () => {
    const { secret } = await issue({ scopes: ['member:read'] });
    expect((await listMembers(secret)).status).toBe(200);
    const other = await raw('GET', '/v1/api-keys', { authorization: `Bearer ${secret}` });
    expect(other.status).toBe(403);
    expect(JSON.parse(other.text).decision.reasons).toEqual(['scope_missing']);
  });

  test('is nowhere stored: neither the secret nor anything that holds it', async () => {
    const { secret } = await issue({});
    const dump = JSON.stringify(await world.ground.db.knex('api_keys'));
    expect(dump).not.toContain(secret.slice(-43));
  });

  test('dies with its member', async () => {
    const member = await world.call({
      who: admin,
      method: 'POST',
      path: '/v1/members',
      body: { name: 'x', roles: ['analyst'] },
    });
    const { secret } = await issue({ member_id: member.body.id });
    await world.call({ who: admin, method: 'DELETE', path: `/v1/members/${member.body.id}` });
    expect((await raw('GET', '/v1/jobs', { authorization: `Bearer ${secret}` })).status).toBe(401);
  });
});

describe('a request', () => {
  test('that does not fit the contract is told where', async () => {
    const answer = await world.call({
      who: admin,
      method: 'POST',
      path: '/v1/members',
      body: { name: 'x', roles: ['king'] },
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/roles/0' }] });
  });

  test('with a field or a query that the contract does not know is refused', async () => {
    const body = { name: 'x', roles: ['analyst'], is_root: true };
    expect((await world.call({ who: admin, method: 'POST', path: '/v1/members', body })).status).toBe(400);
    expect((await world.call({ who: admin, method: 'GET', path: '/v1/members?all=true' })).status).toBe(400);
  });

  test('too large, or of another type, is refused', async () => {
    const secret = world.secretOf(admin);
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    expect((await raw('POST', '/v1/members', headers, JSON.stringify({ name: 'x'.repeat(2_000_000) }))).status).toBe(
      413,
    );
    expect((await raw('POST', '/v1/members', headers, '{"name":')).status).toBe(400);
    expect((await raw('POST', '/v1/members', { ...headers, 'content-type': 'text/xml' }, '<x/>')).status).toBe(415);
  });

  test('for what is not there, or by a method that is not there, is a problem with an id', async () => {
    const answer = await world.call({ who: admin, method: 'GET', path: '/v1/nothing' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await world.call({ who: admin, method: 'PATCH', path: '/v1/members' })).status).toBe(405);
  });

  test('of a body that is no JSON is told so', async () => {
    const headers = { authorization: `Bearer ${world.secretOf(admin)}`, 'content-type': 'application/json' };
    const { status, text } = await raw('POST', '/v1/members', headers, '{"name": jane.canary');
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 400, detail: 'The body is not JSON.' });
    expect(text).not.toContain('canary');
  });

  test('by HEAD is answered like GET, without a body', async () => {
    const authorised = { authorization: `Bearer ${world.secretOf(admin)}` };
    const [get, head] = [await raw('GET', '/v1/members', authorised), await raw('HEAD', '/v1/members', authorised)];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect((await raw('HEAD', '/v1/members', {})).status).toBe(401);
  });

  test('repeated under an idempotency key has one effect and one answer', async () => {
    const secret = world.secretOf(admin);
    const headers = {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'idempotency-key': 'only-once',
    };
    const send = (name: string) => raw('POST', '/v1/members', headers, JSON.stringify({ name, roles: ['analyst'] }));
    const [first, again, other] = [await send('once'), await send('once'), await send('other')];
    expect([first.status, again.status, other.status]).toEqual([201, 201, 422]);
    expect(again.text).toBe(first.text);
    expect(JSON.parse(other.text).code).toBe('idempotency_key_reused');
  });

  test('with a cursor that is not ours is refused', async () => {
    expect(await world.call({ who: admin, method: 'GET', path: '/v1/members?cursor=abc' })).toMatchObject({
      status: 400,
      body: { code: 'cursor_invalid' },
    });
  });
});

describe('an answer', () => {
  test('with a field that the contract does not know does not leave', async () => {
    await world.ground.db.knex('members').insert({
      id: 'not an id',
      tenant_id: world.names.get('osec'),
      name: 'leak',
      roles: '["analyst"]',
      status: 'active',
      created_at: '2026-01-01T00:00:00.000Z',
    });
    const answer = await world.call({ who: admin, method: 'GET', path: '/v1/members' });
    expect(answer).toMatchObject({ status: 500, body: { code: 'response_invalid' } });
    expect(answer.text).not.toContain('leak');
    await world.ground.db.knex('members').where({ name: 'leak' }).delete();
  });

  test('carries no sign of the machinery and is kept by no cache', async () => {
    const answer = await raw('GET', '/v1/openapi.json', {});
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the contract', () => {
  test('without a permission or an audit event stops the boot', () => {
    const contract = readContract();
    const [path = '', methods = {}] = Object.entries(contract.paths)[0] ?? [];
    const [method = '', operation] = Object.entries(methods)[0] ?? [];
    const { 'x-permission': _, 'x-audit-event': __, ...bare } = operation ?? { responses: {}, operationId: 'x' };
    expect(() => operationsOf({ ...contract, paths: { [path]: { [method]: bare } } })).toThrow(
      /no x-permission; .* no x-audit-event/,
    );
  });

  test('gives no schema an id, as the validator looks for none', () => {
    const ids: string[] = [];
    const walk = (value: unknown, place: string) => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (/^\$(id|anchor|dynamicAnchor)$/.test(key)) ids.push(`${place}/${key}`);
        walk(inner, `${place}/${key}`);
      }
    };
    walk(readContract(), '');
    expect(ids).toEqual([]);
  });

  test('is shown on a page that asks nothing of anywhere else', async () => {
    const page = docsPage(readContract());
    for (const { id } of operationsOf(readContract())) expect(page).toContain(`id="${id}"`);
    expect(page).not.toMatch(/<script|<link|src=|url\(|@import|https?:\/\/(?!localhost)[^"'<\s]*\.(js|css|woff)/i);
  });
});

describe('a problem', () => {
  test('of every code has a title and the status of the table', () => {
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      const problem = problemOf(new ServiceError(code as ErrorCode), 'r');
      expect(problem).toEqual({
        type: `urn:ecluse:problem:${code}`,
        title: expect.stringMatching(/^[A-Z]/),
        status,
        code,
        request_id: 'r',
      });
    }
  });

  test('says nothing of an error that is not ours', () => {
    const thrown = new Error('insert into members values (ada@example.org)');
    expect(JSON.stringify(problemOf(serviceErrorOf(thrown), 'r'))).not.toContain('ada');
  });
});
