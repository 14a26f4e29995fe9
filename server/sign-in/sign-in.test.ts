// Signing in: who is let in by what, what a guesser learns, and what a session is worth afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../testing/browser.ts';
import { openWorld, type World } from '../testing/world.ts';

const PASSWORD = 'seven lighthouses on one rock';
const WRONG = 'eight lighthouses on one rock';

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
}, 60_000);
afterAll(() => world?.close());

let people = 0;
/** A member of a tenant with a password, who has just signed in by the link. */
async function newcomer(tenant = 'osec', email?: string): Promise<Browser & { name: string; memberId: string }> {
  people += 1;
  const name = `Ana ${people}`;
  const body = { name, roles: ['analyst'], ...(email === undefined ? {} : { email }) };
  const member = (await world.call({ who: `${tenant}.admin`, method: 'POST', path: '/v1/members', body })).body;
  const browser = openBrowser(world.url);
  const answer = await browser.send('POST', '/v1/session/welcome', {
    token: member.welcome.url.split('#')[1],
    password: PASSWORD,
  });
  expect(answer.status, answer.text).toBe(200);
  return Object.assign(browser, { name, memberId: member.id as string });
}

async function signIn(body: object, headers: Record<string, string> = {}) {
  const browser = openBrowser(world.url);
  return { browser, answer: await browser.send('POST', '/v1/session', body, headers) };
}

/** What the log says of a member, without the reading of the log itself. */
async function eventsOf(memberId: string): Promise<string[]> {
  const rows = await world.ground.db.knex('audit_leaves').orderBy('leaf_index').select('event', 'leaf');
  return rows.filter(({ leaf }) => JSON.parse(leaf).actor.id === memberId).map(({ event }) => event);
}

describe('a one-time link', () => {
  test('sets a password once, and signs in', async () => {
    const member = (
      await world.call({
        who: 'osec.admin',
        method: 'POST',
        path: '/v1/members',
        body: { name: 'Ben', roles: ['analyst'] },
      })
    ).body;
    expect(member.welcome.url).toMatch(/\/welcome#[A-Za-z0-9_-]{43}$/);
    const browser = openBrowser(world.url);
    const token = member.welcome.url.split('#')[1];
    const unfit = await browser.send('POST', '/v1/session/welcome', { token, password: 'too short' });
    expect(unfit).toMatchObject({ status: 422, body: { code: 'password_unfit', errors: [{ pointer: '/password' }] } });
    const answer = await browser.send('POST', '/v1/session/welcome', { token, password: PASSWORD });
    expect(answer.body.signed_in).toMatchObject({
      member: { id: member.id, name: 'Ben', login: 'ben@osec', roles: ['analyst'] },
      tenant: { name: 'osec' },
      has_password: true,
      second_factor: { state: 'none' },
    });
    const again = await browser.send('POST', '/v1/session/welcome', { token, password: PASSWORD });
    expect(again).toMatchObject({ status: 410, body: { code: 'welcome_link_gone' } });
  });
});

describe('a password', () => {
  test('signs in by email, by name@tenant, and by the name alone while nobody else has it', async () => {
    const ana = await newcomer('osec', 'Ana.One@Osec.example');
    for (const name of ['ana.one@osec.example', 'ANA.ONE@OSEC.EXAMPLE', ana.name, `${ana.name}@osec`]) {
      const { answer } = await signIn({ name, password: PASSWORD });
      expect(answer.status, name).toBe(200);
      expect(answer.body.signed_in.member.id).toBe(ana.memberId);
    }
    const double = await world.call({
      who: 'rando.admin',
      method: 'POST',
      path: '/v1/members',
      body: { name: ana.name, roles: ['analyst'] },
    });
    expect(double.status).toBe(201);
    expect((await signIn({ name: ana.name, password: PASSWORD })).answer.status).toBe(401);
    expect((await signIn({ name: `${ana.name}@osec`, password: PASSWORD })).answer.status).toBe(200);
  });

  test('that is wrong, of nobody, or of a member who left is refused in the same words', async () => {
    const [ana, gone] = [await newcomer(), await newcomer()];
    await world.call({ who: 'osec.admin', method: 'DELETE', path: `/v1/members/${gone.memberId}` });
    const refused = await Promise.all([
      signIn({ name: ana.name, password: WRONG }),
      signIn({ name: 'nobody of this name', password: WRONG }),
      signIn({ name: gone.name, password: PASSWORD }),
    ]);
    const words = refused.map(({ answer }) => {
      const { request_id, ...rest } = answer.body;
      return { status: answer.status, cookies: answer.headers.getSetCookie(), ...rest };
    });
    expect(words[0]).toMatchObject({ status: 401, code: 'sign_in_refused', cookies: [] });
    expect(words[1]).toEqual(words[0]);
    expect(words[2]).toEqual(words[0]);
    expect((await gone.send('GET', '/v1/session')).body.signed_in).toBeNull();
  });

  test('that was guessed wrong five times has to wait, also when it is right, and longer each time', async () => {
    const ana = await newcomer();
    const wrong = () => signIn({ name: ana.name, password: WRONG });
    for (let n = 0; n < 5; n += 1) expect((await wrong()).answer.status).toBe(401);
    const blocked = (await signIn({ name: ana.name, password: PASSWORD })).answer;
    expect(blocked).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(Number(blocked.headers.get('retry-after'))).toBe(30);
    world.clock.moveTo(new Date(world.clock.now().getTime() + 30_000).toISOString());
    expect((await wrong()).answer.status).toBe(401);
    expect((await wrong()).answer.headers.get('retry-after')).toBe('60');
    world.clock.moveTo(new Date(world.clock.now().getTime() + 60_000).toISOString());
    expect((await signIn({ name: ana.name, password: PASSWORD })).answer.status).toBe(200);
    expect((await wrong()).answer.status).toBe(401);
    expect(await eventsOf(ana.memberId)).toContain('session.guesses-blocked');
  });

  test('of an unknown name has to wait as well', async () => {
    const guess = () => signIn({ name: 'somebody unknown', password: WRONG });
    for (let n = 0; n < 5; n += 1) expect((await guess()).answer.status).toBe(401);
    expect((await guess()).answer.status).toBe(429);
  });

  test('guessed many times at once is tried five times and no more', async () => {
    const ana = await newcomer();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn({ name: ana.name, password: WRONG })));
    const statuses = answers.map(({ answer }) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  test('changed ends every session, and gives this browser a new one', async () => {
    const ana = await newcomer();
    const other = (await signIn({ name: ana.name, password: PASSWORD })).browser;
    const before = ana.cookie();
    const wrong = await ana.send('PUT', '/v1/session/password', { current_password: WRONG, new_password: WRONG });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'sign_in_refused' } });
    const frequent = { current_password: PASSWORD, new_password: 'passwordpassword' };
    expect((await ana.send('PUT', '/v1/session/password', frequent)).body.code).toBe('password_unfit');
    const changed = await ana.send('PUT', '/v1/session/password', { current_password: PASSWORD, new_password: WRONG });
    expect(changed.status, changed.text).toBe(200);
    expect(ana.cookie()).not.toBe(before);
    expect((await other.send('GET', '/v1/session')).body.signed_in).toBeNull();
    expect((await ana.send('GET', '/v1/sessions', undefined, { Cookie: before })).status).toBe(401);
    expect((await ana.send('GET', '/v1/sessions')).body.items).toHaveLength(1);
    expect((await signIn({ name: ana.name, password: PASSWORD })).answer.status).toBe(401);
    expect((await signIn({ name: ana.name, password: WRONG })).answer.status).toBe(200);
  });

  test('is nowhere stored, and no secret of a session is', async () => {
    const ana = await newcomer();
    const dump = JSON.stringify(
      await Promise.all(
        ['member_sign_ins', 'sessions', 'welcome_links', 'sign_in_guesses', 'audit_leaves'].map((table) =>
          world.ground.db.knex(table),
        ),
      ),
    );
    expect(dump).not.toContain(PASSWORD);
    expect(dump).not.toContain(ana.cookie().split('.')[1]);
    expect(dump).not.toContain(ana.csrfToken());
    expect(dump).not.toContain('127.0.0.1');
    const [{ password_hash }] = await world.ground.db.knex('member_sign_ins').where({ member_id: ana.memberId });
    expect(password_hash).toMatch(/^scrypt\$131072\$8\$1\$/);
  });
});

describe('a session', () => {
  test('stands in a cookie of this host alone, that no script reads and no other site sends', async () => {
    const ana = await newcomer();
    const { answer } = await signIn({ name: ana.name, password: PASSWORD });
    const [line = ''] = answer.headers.getSetCookie();
    expect(line).toMatch(/^__Host-ecluse-session=ses_[0-9a-z]{26}\.[A-Za-z0-9_-]{43}; /);
    for (const attribute of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict']) expect(line).toContain(attribute);
    expect(line).not.toMatch(/Domain/i);
  });

  test('may do what its member may, in its tenant', async () => {
    const ana = await newcomer();
    expect((await ana.send('GET', '/v1/collaborations')).status).toBe(200);
    const refused = await ana.send('GET', '/v1/api-keys');
    expect(refused).toMatchObject({ status: 403, body: { decision: { reasons: ['role_missing'] } } });
    expect((await ana.send('GET', '/v1/tenants')).status).toBe(403);
  });

  test('that changes something needs its token and a page of this service', async () => {
    const ana = await newcomer();
    const end = (headers: Record<string, string>) => ana.send('DELETE', '/v1/session', undefined, headers);
    for (const headers of [
      { 'X-Ecluse-Csrf': '' },
      { 'X-Ecluse-Csrf': 'A'.repeat(43) },
      { Origin: 'https://elsewhere.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ])
      expect(await end(headers), JSON.stringify(headers)).toMatchObject({
        status: 403,
        body: { code: 'csrf_refused' },
      });
    expect((await ana.send('GET', '/v1/sessions', undefined, { 'X-Ecluse-Csrf': '' })).status).toBe(200);
    const { answer } = await signIn({ name: ana.name, password: PASSWORD }, { Origin: 'https://elsewhere.example' });
    expect(answer.status).toBe(403);
    expect((await end({})).status).toBe(204);
    expect(ana.cookie()).toBe('');
  });

  test('is listed with its browser, and ended from another', async () => {
    const ana = await newcomer();
    const { browser } = await signIn({ name: ana.name, password: PASSWORD });
    const { items } = (await ana.send('GET', '/v1/sessions')).body;
    expect(items.map((item: { is_current: boolean }) => item.is_current)).toEqual([false, true]);
    expect(items[0]).toMatchObject({ way: 'password', browser: 'Firefox on Linux', has_second_factor: false });
    expect((await ana.send('DELETE', `/v1/sessions/${items[0].id}`)).status).toBe(204);
    expect((await browser.send('GET', '/v1/sessions')).status).toBe(401);
    const stranger = await newcomer('rando');
    expect((await stranger.send('DELETE', `/v1/sessions/${items[1].id}`)).status).toBe(404);
    expect(await eventsOf(ana.memberId)).toEqual([
      'welcome-link.redeemed',
      'session.opened',
      'session.opened',
      'session.revoked',
    ]);
  });

  test('ends when it is not used for two hours, and after twelve in any case', async () => {
    const ana = await newcomer();
    const start = world.clock.now().getTime();
    const at = (hours: number) => world.clock.moveTo(new Date(start + hours * 3_600_000).toISOString());
    for (const hours of [1.9, 3.8, 5.7, 7.6, 9.5, 11.4]) {
      at(hours);
      expect((await ana.send('GET', '/v1/sessions')).status, String(hours)).toBe(200);
    }
    at(12);
    expect((await ana.send('GET', '/v1/sessions')).status).toBe(401);
    const ben = await newcomer();
    at(14.01);
    expect((await ben.send('GET', '/v1/sessions')).status).toBe(401);
  });

  test('of an API key is none, and who it is is told all the same', async () => {
    const authorization = `Bearer ${world.secretOf('osec.analyst')}`;
    const answer = await openBrowser(world.url).send('GET', '/v1/session', undefined, { authorization });
    expect(answer.body.signed_in).toMatchObject({
      member: { id: world.names.get('osec.analyst') },
      session: null,
      csrf_token: null,
      has_password: false,
    });
  });
});
