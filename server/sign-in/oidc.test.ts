// Signing in by the organisation's own sign-on: who is found by it, who is not, and which answers of a provider are not believed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../testing/browser.ts';
import { type Answering, CLIENT, type SandboxProvider, startOidcProvider } from '../testing/oidc-provider.ts';
import { openWorld, type World } from '../testing/world.ts';

let folder: string;
let provider: SandboxProvider;
let world: World;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecluse-oidc-'));
  writeFileSync(join(folder, 'secret'), `${CLIENT.secret}\n`);
  provider = await startOidcProvider();
  const settings = {
    oidcIssuer: provider.issuer,
    oidcClientSecretFile: join(folder, 'secret'),
    oidcLabel: 'Osec sign-on',
  };
  world = await openWorld(['osec', 'rando'], undefined, settings);
  for (const [tenant, email] of [
    ['osec', 'ana@osec.example'],
    ['osec', 'ben@osec.example'],
    ['rando', 'cleo@rando.example'],
  ])
    await world.call({
      who: `${tenant}.admin`,
      method: 'POST',
      path: '/v1/members',
      body: { name: email, email, roles: ['analyst'] },
    });
}, 60_000);
afterAll(async () => {
  await world?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => provider.tokenRequests.splice(0));

/** As a browser goes: to the service, to the provider, back, and to where it is then sent. */
async function signOn(answering: Answering, onTheWayBack: (back: URL) => URL = (back) => back) {
  provider.answering = answering;
  const browser = openBrowser(world.url);
  const started = await browser.send('GET', '/v1/session/oidc');
  expect(started.status, started.text).toBe(302);
  const asked = await fetch(started.headers.get('location') ?? '', { redirect: 'manual' });
  const back = onTheWayBack(new URL(asked.headers.get('location') ?? ''));
  const crossSite = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
  const ended = await browser.send('GET', back.pathname + back.search, undefined, crossSite);
  expect(ended.status, ended.text).toBe(302);
  return { browser, started, location: ended.headers.get('location'), back };
}

const anaAtProvider = { sub: 'ana', email: 'Ana@Osec.example', email_verified: true };

test('the way in is offered by its name, and asks with PKCE, state and nonce', async () => {
  expect((await openBrowser(world.url).send('GET', '/v1/session')).body.ways.oidc).toEqual({ label: 'Osec sign-on' });
  const { headers } = await openBrowser(world.url).send('GET', '/v1/session/oidc');
  const asked = new URL(headers.get('location') ?? '');
  expect(asked.origin).toBe(provider.issuer);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    client_id: 'ecluse',
    response_type: 'code',
    scope: 'openid email',
    redirect_uri: `${world.url}/v1/session/oidc/callback`,
    code_challenge_method: 'S256',
    state: expect.stringMatching(/.{40,}/),
    nonce: expect.stringMatching(/.{40,}/),
    code_challenge: expect.stringMatching(/.{40,}/),
  });
  const [cookie = ''] = headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-ecluse-oidc=.*Max-Age=600; Path=\/;.*HttpOnly; Secure; SameSite=Lax/);
});

describe('a member', () => {
  test('is found by a verified email, and by the linked identity from then on', async () => {
    const { browser, location } = await signOn({ claims: anaAtProvider });
    expect(location).toBe('/');
    const { signed_in } = (await browser.send('GET', '/v1/session')).body;
    expect(signed_in).toMatchObject({
      member: { email: 'ana@osec.example', roles: ['analyst'] },
      tenant: { name: 'osec' },
      session: { way: 'oidc' },
      is_oidc_linked: true,
      has_password: false,
    });
    const again = await signOn({ claims: { sub: 'ana', email: 'renamed@osec.example', email_verified: true } });
    expect((await again.browser.send('GET', '/v1/session')).body.signed_in.member.id).toBe(signed_in.member.id);
  });

  test('is not taken over by who was given its address at the provider later', async () => {
    await signOn({ claims: anaAtProvider });
    const { browser, location } = await signOn({ claims: { ...anaAtProvider, sub: 'another ana' } });
    expect(location).toBe('/sign-in?refused=oidc_unknown_member');
    expect((await browser.send('GET', '/v1/session')).body.signed_in).toBeNull();
  });

  test('is never made, and an unverified email finds nobody', async () => {
    const before = await world.ground.db.knex('members').count({ n: '*' });
    const nobody = await signOn({ claims: { sub: 'dora', email: 'dora@osec.example', email_verified: true } });
    expect(nobody.location).toBe('/sign-in?refused=oidc_unknown_member');
    for (const email_verified of [false, undefined, 'true']) {
      const ben = await signOn({ claims: { sub: 'ben', email: 'ben@osec.example', email_verified } });
      expect(ben.location).toBe('/sign-in?refused=oidc_email_unverified');
    }
    expect(await world.ground.db.knex('members').count({ n: '*' })).toEqual(before);
  });

  test('who was deactivated is nobody, linked or not', async () => {
    const cleo = { sub: 'cleo', email: 'cleo@rando.example', email_verified: true };
    const { browser } = await signOn({ claims: cleo });
    const id = (await browser.send('GET', '/v1/session')).body.signed_in.member.id;
    await world.call({ who: 'rando.admin', method: 'DELETE', path: `/v1/members/${id}` });
    expect((await browser.send('GET', '/v1/session')).body.signed_in).toBeNull();
    expect((await signOn({ claims: cleo })).location).toBe('/sign-in?refused=oidc_unknown_member');
  });

  test('with a second factor here is let in only when the provider asked for one too', async () => {
    const { browser } = await signOn({ claims: { ...anaAtProvider } });
    const id = (await browser.send('GET', '/v1/session')).body.signed_in.member.id;
    await world.ground.db.knex('member_sign_ins').where({ member_id: id }).update({ totp_state: 'active' });
    expect((await signOn({ claims: anaAtProvider })).location).toBe('/sign-in?refused=oidc_second_factor_needed');
    const strong = await signOn({ claims: { ...anaAtProvider, amr: ['pwd', 'otp', 'mfa'] } });
    expect(strong.location).toBe('/');
    expect((await strong.browser.send('GET', '/v1/session')).body.signed_in.session.has_second_factor).toBe(true);
    await world.ground.db.knex('member_sign_ins').where({ member_id: id }).update({ totp_state: 'none' });
  });
});

describe('an answer is not believed', () => {
  const bad: Record<string, Omit<Answering, 'claims'>> = {
    'of another sign-in, by its nonce': { nonce: 'another' },
    'made for another client': { audience: 'another' },
    'of another issuer': { issuer: 'https://another.example' },
    'signed by another key': { isSignedByAnother: true },
  };
  test.each(Object.entries(bad))('%s', async (_, answering) => {
    const { browser, location } = await signOn({ claims: anaAtProvider, ...answering });
    expect(location).toBe('/sign-in?refused=oidc_failed');
    expect((await browser.send('GET', '/v1/session')).body.signed_in).toBeNull();
  });

  test('whose state another browser was given', async () => {
    const other = await signOn({ claims: anaAtProvider });
    const { location } = await signOn({ claims: anaAtProvider }, () => other.back);
    expect(location).toBe('/sign-in?refused=oidc_failed');
  });

  test('that comes to a browser which never left, or came back too late', async () => {
    const { back } = await signOn({ claims: anaAtProvider });
    const stranger = await openBrowser(world.url).send('GET', back.pathname + back.search);
    expect(stranger.headers.get('location')).toBe('/sign-in?refused=oidc_failed');
    const { location } = await signOn({ claims: anaAtProvider }, (url) => {
      world.clock.moveTo(new Date(world.clock.now().getTime() + 600_001).toISOString());
      return url;
    });
    expect(location).toBe('/sign-in?refused=oidc_failed');
    expect(provider.tokenRequests).toHaveLength(1);
  });

  test('that says no', async () => {
    const { location } = await signOn({ claims: anaAtProvider }, (url) => {
      const state = url.searchParams.get('state') ?? '';
      return new URL(`${url.pathname}?${new URLSearchParams({ error: 'access_denied', state })}`, url);
    });
    expect(location).toBe('/sign-in?refused=oidc_failed');
  });
});
