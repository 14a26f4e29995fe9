// Signing in keeps its promises on PostgreSQL, where a tenant's work sees no other tenant's sessions, and nobody's guesses.
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asService, asTenant } from '../../server/database/row-scope.ts';
import { openBrowser } from '../../server/testing/browser.ts';
import { openWorld, type World } from '../../server/testing/world.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const PASSWORD = 'seven lighthouses on one rock';

let postgres: Postgres;
let world: World;
beforeAll(async () => {
  postgres = await startPostgres();
  const { url: ownerUrl, serviceUrl: url } = postgres;
  world = await openWorld(['osec', 'rando'], { dialect: 'postgres', url, ownerUrl });
});
afterAll(async () => {
  await world?.close();
  await postgres?.stop();
});

async function newcomer(tenant: string, roles: readonly string[]) {
  const body = { name: 'Ana', roles };
  const member = (await world.call({ who: `${tenant}.admin`, method: 'POST', path: '/v1/members', body })).body;
  const browser = openBrowser(world.url);
  const token = member.welcome.url.split('#')[1];
  expect((await browser.send('POST', '/v1/session/welcome', { token, password: PASSWORD })).status).toBe(200);
  return browser;
}

async function signIn(body: object) {
  const browser = openBrowser(world.url);
  return { browser, answer: await browser.send('POST', '/v1/session', { password: PASSWORD, ...body }) };
}

it('a member sets a password, works, takes a second factor and is let in by it', async () => {
  const admin = await newcomer('osec', ['admin']);
  const body = { name: 'Ben', roles: ['analyst'] };
  const once = { 'Idempotency-Key': 'only once by a session' };
  const [made, again] = [
    await admin.send('POST', '/v1/members', body, once),
    await admin.send('POST', '/v1/members', body, once),
  ];
  expect(made.status, made.text).toBe(201);
  expect(again.text).toBe(made.text);

  const { secret } = (await admin.send('POST', '/v1/session/second-factor')).body;
  const codeAt = (ms: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });
  const now = world.clock.now().getTime();
  expect((await admin.send('PUT', '/v1/session/second-factor', { code: codeAt(now) })).status).toBe(200);
  expect((await signIn({ name: 'ana@osec' })).answer.body.code).toBe('second_factor_needed');
  const { answer } = await signIn({ name: 'ana@osec', code: codeAt(now + 30_000) });
  expect(answer.status, answer.text).toBe(200);
  expect((await signIn({ name: 'ana@osec', code: codeAt(now + 30_000) })).answer.status).toBe(401);

  const change = { current_password: PASSWORD, new_password: 'eight lighthouses on one rock' };
  expect((await admin.send('PUT', '/v1/session/password', change)).status).toBe(200);
  expect((await admin.send('GET', '/v1/sessions')).body.items).toHaveLength(1);
});

it('many guesses at once are five', async () => {
  await newcomer('rando', ['analyst']);
  const guess = () => signIn({ name: 'ana@rando', password: 'nine lighthouses on one rock' });
  const answers = await Promise.all(Array.from({ length: 10 }, guess));
  expect(answers.filter(({ answer }) => answer.status === 401)).toHaveLength(5);
  expect(answers.filter(({ answer }) => answer.status === 429)).toHaveLength(5);
});

it('the work of a tenant sees its own sessions and sign-ins alone', async () => {
  const { knex } = world.ground.db;
  const [osec, rando] = ['osec', 'rando'].map((name) => world.names.get(name) ?? '');
  for (const table of ['sessions', 'member_sign_ins']) {
    const owners = async () => [...new Set((await knex(table).select('tenant_id')).map((row) => row.tenant_id))];
    expect(await asTenant(osec ?? '', owners)).toEqual([osec]);
    expect(await asTenant(rando ?? '', owners)).toEqual([rando]);
  }
  expect(await asTenant(osec ?? '', async () => knex('sign_in_guesses'))).toEqual([]);
  expect((await asService(async () => knex('sign_in_guesses'))).length).toBeGreaterThan(0);
});

it('an operator signs in, and two of one name have logins of their own', async () => {
  const made = [1, 2].map(() =>
    world.call({ who: 'operator', method: 'POST', path: '/v1/operators', body: { name: 'Olga' } }),
  );
  const links = (await Promise.all(made)).map(({ body }) => body.welcome.url.split('#')[1]);
  const logins: string[] = [];
  for (const token of links) {
    const browser = openBrowser(world.url);
    const answer = await browser.send('POST', '/v1/session/welcome', { token, password: PASSWORD });
    logins.push(answer.body.signed_in.member.login);
    expect((await browser.send('GET', '/v1/tenants')).body.items).toHaveLength(2);
    expect((await browser.send('GET', '/v1/members')).status).toBe(403);
  }
  expect(logins.toSorted()).toEqual(['olga', 'olga-2']);
});
