// The second factor: a code is good once, a recovery code stands in once, and a link by an admin takes all of it away.
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../testing/browser.ts';
import { openWorld, type World } from '../testing/world.ts';

const PASSWORD = 'seven lighthouses on one rock';

let world: World;
let people = 0;
beforeAll(async () => {
  world = await openWorld(['osec']);
}, 60_000);
afterAll(() => world?.close());

interface Member extends Browser {
  readonly name: string;
  readonly id: string;
}

async function redeem(browser: Browser, welcomeUrl: string) {
  const token = welcomeUrl.split('#')[1];
  return browser.send('POST', '/v1/session/welcome', { token, password: PASSWORD });
}

async function newcomer(): Promise<Member> {
  people += 1;
  const body = { name: `Ana ${people}`, roles: ['analyst'] };
  const member = (await world.call({ who: 'osec.admin', method: 'POST', path: '/v1/members', body })).body;
  const browser = openBrowser(world.url);
  await redeem(browser, member.welcome.url);
  return Object.assign(browser, { name: member.name, id: member.id });
}

function codeOf(secret: string, secondsLater = 0): string {
  const timestamp = world.clock.now().getTime() + secondsLater * 1000;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

function pass(seconds: number): void {
  world.clock.moveTo(new Date(world.clock.now().getTime() + seconds * 1000).toISOString());
}

async function enrolled(): Promise<{ member: Member; secret: string; recoveryCodes: string[] }> {
  const member = await newcomer();
  const issued = await member.send('POST', '/v1/session/second-factor');
  expect(issued.body.uri).toContain('otpauth://totp/');
  expect(issued.body.uri).toContain(issued.body.secret);
  const { secret } = issued.body;
  const confirmed = await member.send('PUT', '/v1/session/second-factor', { code: codeOf(secret) });
  expect(confirmed.status, confirmed.text).toBe(200);
  pass(30);
  return { member, secret, recoveryCodes: confirmed.body.recovery_codes };
}

async function signIn(name: string, code?: string) {
  const body = { name, password: PASSWORD, ...(code === undefined ? {} : { code }) };
  const answer = await openBrowser(world.url).send('POST', '/v1/session', body);
  return answer.status === 200 ? 'in' : answer.body.code;
}

test('a secret is not asked for before a code of it was given, and then always is', async () => {
  const member = await newcomer();
  const { secret } = (await member.send('POST', '/v1/session/second-factor')).body;
  expect(await signIn(member.name)).toBe('in');
  expect((await member.send('PUT', '/v1/session/second-factor', { code: '000000' })).status).toBe(401);
  expect((await member.send('PUT', '/v1/session/second-factor', { code: codeOf(secret) })).status).toBe(200);
  expect(await signIn(member.name)).toBe('second_factor_needed');
  expect((await member.send('GET', '/v1/session')).body.signed_in.second_factor).toEqual({
    state: 'active',
    recovery_codes_left: 10,
  });
  expect((await member.send('POST', '/v1/session/second-factor')).body.code).toBe('state_conflict');
});

test('a code is accepted once, within half a minute either way', async () => {
  const { member, secret } = await enrolled();
  const code = codeOf(secret);
  expect(await signIn(member.name, code)).toBe('in');
  expect(await signIn(member.name, code)).toBe('sign_in_refused');
  expect(await signIn(member.name, codeOf(secret, 30))).toBe('in');
  expect(await signIn(member.name, codeOf(secret))).toBe('sign_in_refused');
  pass(60);
  expect(await signIn(member.name, codeOf(secret, 90))).toBe('sign_in_refused');
});

test('two sign-ins with one code at once are one', async () => {
  const { member, secret } = await enrolled();
  const code = codeOf(secret);
  const ends = await Promise.all([signIn(member.name, code), signIn(member.name, code)]);
  expect(ends.toSorted()).toEqual(['in', 'sign_in_refused']);
});

test('who knows the password gets no more guesses at the code by asking for none in between', async () => {
  const { member, secret } = await enrolled();
  const ends: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    ends.push(await signIn(member.name, '000000'));
    ends.push(await signIn(member.name));
  }
  expect(ends.filter((end) => end === 'sign_in_refused')).toHaveLength(5);
  expect(await signIn(member.name, codeOf(secret))).toBe('too_many_requests');
});

test('a recovery code stands in once', async () => {
  const { member, recoveryCodes } = await enrolled();
  expect(recoveryCodes).toHaveLength(10);
  const [first = '', second = ''] = recoveryCodes;
  expect(await signIn(member.name, first)).toBe('in');
  expect(await signIn(member.name, first)).toBe('sign_in_refused');
  expect(await signIn(member.name, second.replaceAll('-', '').toUpperCase())).toBe('in');
  expect((await member.send('GET', '/v1/session')).body.signed_in.second_factor.recovery_codes_left).toBe(8);
});

test('it goes by a code of it, or by a link of an admin, which ends every session', async () => {
  const { member, secret } = await enrolled();
  expect((await member.send('DELETE', '/v1/session/second-factor', { code: '000000' })).status).toBe(401);
  expect((await member.send('DELETE', '/v1/session/second-factor', { code: codeOf(secret) })).status).toBe(204);
  expect(await signIn(member.name)).toBe('in');
  const other = await enrolled();
  const path = `/v1/members/${other.member.id}/welcome-link`;
  const link = (await world.call({ who: 'osec.admin', method: 'POST', path })).body;
  expect(await signIn(other.member.name)).toBe('second_factor_needed');
  expect((await redeem(openBrowser(world.url), link.url)).status).toBe(200);
  expect((await other.member.send('GET', '/v1/session')).body.signed_in).toBeNull();
  expect(await signIn(other.member.name)).toBe('in');
});

test('its secret is stored under the root key, and its recovery codes as digests', async () => {
  const { member, secret, recoveryCodes } = await enrolled();
  const dump = JSON.stringify(await world.ground.db.knex('member_sign_ins').where({ member_id: member.id }));
  expect(dump).not.toContain(secret);
  for (const code of recoveryCodes) expect(dump).not.toContain(code.replaceAll('-', ''));
});
