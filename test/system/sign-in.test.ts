// The real service from its first start: the printed link makes the operator, links let members in, and the page about sign-on holds.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, openBrowser } from '../../server/testing/browser.ts';
import { CLIENT, type SandboxProvider, startOidcProvider } from '../../server/testing/oidc-provider.ts';
import { type Service, startService } from './service.ts';

const PASSWORD = 'seven lighthouses on one rock';
const PAGE = readFileSync(new URL('../../docs/console.md', import.meta.url), 'utf8');

let folder: string;
let provider: SandboxProvider;
let service: Service;
let operator: Browser;
let admin: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecluse-sign-in-'));
  provider = await startOidcProvider();
  service = await startService({ env: settingsOfPage() });
});
afterAll(async () => {
  await service?.stop();
  service?.remove();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The settings that the page shows, with the provider of this test and the secret that it knows. */
function settingsOfPage(): Record<string, string> {
  const [, block = ''] = /^```sh sign-on\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  const shown = Object.fromEntries(
    [...block.matchAll(/^export (ECLUSE_\w+)=(.+)$/gm)].map(([, k, v]) => [k, v]),
  ) as Record<string, string>;
  expect(Object.keys(shown).toSorted()).toEqual([
    'ECLUSE_OIDC_CLIENT_ID',
    'ECLUSE_OIDC_CLIENT_SECRET_FILE',
    'ECLUSE_OIDC_ISSUER',
    'ECLUSE_OIDC_LABEL',
  ]);
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, CLIENT.secret, { mode: 0o600 });
  return {
    ...shown,
    ECLUSE_OIDC_LABEL: (shown.ECLUSE_OIDC_LABEL ?? '').replaceAll("'", ''),
    ECLUSE_OIDC_ISSUER: provider.issuer,
    ECLUSE_OIDC_CLIENT_SECRET_FILE: secretFile,
  };
}

async function redeem(url: string): Promise<Browser> {
  expect(new URL(url).origin).toBe(service.url);
  const browser = openBrowser(service.url);
  const answer = await browser.send('POST', '/v1/session/welcome', { token: url.split('#')[1], password: PASSWORD });
  expect(answer.status, answer.text).toBe(200);
  return browser;
}

it('prints the console’s link, and on first start one that makes the operator, once', async () => {
  expect(service.output()).toContain(`The console is at ${service.url}/`);
  const link = /http\S+\/welcome#\S+/.exec(service.output())?.[0] ?? '';
  operator = await redeem(link);
  const { signed_in } = (await operator.send('GET', '/v1/session')).body;
  expect(signed_in).toMatchObject({ member: { name: 'operator', roles: ['operator'] }, tenant: null });
  const again = { token: link.split('#')[1], password: PASSWORD };
  expect((await openBrowser(service.url).send('POST', '/v1/session/welcome', again)).status).toBe(410);
  expect((await service.call('POST', '/v1/setup', { secret: service.adminToken })).status).toBe(409);
});

it('the operator’s session founds a tenant, whose admin comes in by a link and adds a member', async () => {
  const founded = await operator.send('POST', '/v1/tenants', { name: 'Osec', admin_name: 'Ada' });
  expect(founded.status, founded.text).toBe(201);
  admin = await redeem(founded.body.welcome.url);
  const body = { name: 'Ana', email: 'ana@osec.example', roles: ['analyst'] };
  const added = await admin.send('POST', '/v1/members', body);
  expect(added.status, added.text).toBe(201);
  expect((await (await redeem(added.body.welcome.url)).send('GET', '/v1/collaborations')).status).toBe(200);
  expect((await operator.send('GET', '/v1/members')).status).toBe(403);
});

it('a file is uploaded by a session as by a key, with the token of the session', async () => {
  const made = await admin.send('POST', '/v1/members', { name: 'Edi', roles: ['data-engineer'] });
  const engineer = await redeem(made.body.welcome.url);
  const metadata = Object.entries({ filename: 'x.csv', sha256: 'a'.repeat(64) })
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
  const tus = { 'Tus-Resumable': '1.0.0', 'Upload-Length': '1', 'Upload-Metadata': metadata };
  expect((await engineer.send('POST', '/v1/uploads', undefined, { ...tus, 'X-Ecluse-Csrf': '' })).status).toBe(403);
  expect((await engineer.send('POST', '/v1/uploads', undefined, tus)).status).toBe(201);
});

it('members sign in by the sign-on as the page configures it', async () => {
  const browser = openBrowser(service.url);
  expect((await browser.send('GET', '/v1/session')).body.ways.oidc).toEqual({ label: 'Osec sign-on' });
  provider.answering = { claims: { sub: 'ana', email: 'ana@osec.example', email_verified: true } };
  const started = await browser.send('GET', '/v1/session/oidc');
  const asked = await fetch(started.headers.get('location') ?? '', { redirect: 'manual' });
  const back = new URL(asked.headers.get('location') ?? '');
  expect(PAGE).toContain(back.pathname);
  const ended = await browser.send('GET', back.pathname + back.search);
  expect(ended.headers.get('location')).toBe('/');
  expect((await browser.send('GET', '/v1/session')).body.signed_in.member.name).toBe('Ana');
});

it('an operator who is locked out gets a link on the machine of the service', async () => {
  const [, command = ''] = /^```sh locked-out\n(.*)\n```$/m.exec(PAGE) ?? [];
  expect(command).toBe('npx ecluse operators link');
  const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
  const env = { ...process.env, ECLUSE_DATA_DIR: service.dataDir, ECLUSE_PUBLIC_URL: service.url };
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, ...command.split(' ').slice(2), ...args], { env });
  const { stdout } = await run();
  expect((await operator.send('GET', '/v1/tenants')).status).toBe(200);
  const again = await redeem(stdout.trim());
  expect((await operator.send('GET', '/v1/tenants')).status).toBe(401);
  expect((await again.send('GET', '/v1/tenants')).status).toBe(200);
  await expect(run('--name', 'nobody')).rejects.toThrow(/name one operator with --name.*operator \(mem_/);
});

it('what nobody signed out of is there after a restart, and no second operator can be made by a link', async () => {
  const { dataDir } = service;
  await service.stop();
  service = await startService({ dataDir, env: settingsOfPage() });
  expect(service.output()).not.toContain('/welcome#');
  const moved = openBrowser(service.url);
  const answer = await moved.send('GET', '/v1/session', undefined, { Cookie: admin.cookie() });
  expect(answer.body.signed_in.member.name).toBe('Ada');
});
