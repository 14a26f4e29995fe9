// One's own account in a real browser: a second factor by QR code, recovery codes, sessions elsewhere ended, another password.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../bench/demo/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';

const PASSWORD = 'three otters under the bridge';
const NEXT_PASSWORD = 'seven lighthouses on one rock';

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
  world.page.setDefaultTimeout(15_000);
  const body = { name: 'Camille', email: 'camille@osec.example', roles: ['analyst' as const] };
  const { welcome } = await answer('adding a member', world.organisations.osec.admin.api.POST('/v1/members', { body }));
  const { page } = world;
  await page.goto(welcome.url, { waitUntil: 'networkidle' });
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: /Set the password/ }).click();
  await page.getByRole('heading', { name: /Camille/ }).waitFor();
});
afterAll(() => world?.close());

/** RFC 6238 with SHA-1, six digits and 30 seconds, of a secret in base32. */
function codeOf(secret: string, at = Date.now()): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits
    .join('')
    .match(/.{8}/g)!
    .map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const offset = digest[19]! & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('a second factor is set up by a QR code that the page itself draws', async () => {
  const { page } = world;
  await world.open('/account');
  expect(await world.axe()).toEqual([]);
  await page.getByRole('button', { name: 'Set up an authenticator' }).click();
  const code = page.getByRole('img', { name: /QR code/ });
  await code.waitFor();
  expect(await code.locator('path').getAttribute('d')).toMatch(/^(M\d+ \d+h1v1h-1z){300,}$/);
  expect(await world.axe()).toEqual([]);
  const secret = (await page.locator('.enrolment code').innerText()).replaceAll(' ', '');
  await page.getByLabel('The code that it shows now').fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('alert').or(page.locator('.enrolment .notice')).first().waitFor();
  await page.getByLabel('The code that it shows now').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Keep these recovery codes now').waitFor();
  const codes = await page.locator('.recovery-codes code').allInnerTexts();
  expect(codes.length).toBeGreaterThan(4);
  const taken = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download them' }).click();
  expect((await taken).suggestedFilename()).toBe('ecluse-recovery-codes.txt');
  await page.locator('summary', { hasText: 'Take the second factor away' }).click();
  await page.getByLabel('A code of the authenticator, or a recovery code').fill(codes[0]!);
  await page.getByRole('button', { name: 'Take the second factor away' }).click();
  await page.getByText('not set up').waitFor();
});

test('a session elsewhere is listed and ended', async () => {
  const { page } = world;
  const opened = await fetch(`${world.service.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' },
    body: JSON.stringify({ name: 'camille@osec.example', password: PASSWORD }),
  });
  expect(opened.status).toBe(200);
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
  const whoIs = async () => {
    const response = await fetch(`${world.service.url}/v1/session`, { headers: { cookie } });
    return ((await response.json()) as { signed_in: object | null }).signed_in;
  };
  expect(await whoIs()).not.toBeNull();
  await world.open('/account');
  await page.getByRole('button', { name: /End the session of/ }).click();
  await page.getByRole('button', { name: /End the session of/ }).waitFor({ state: 'detached' });
  expect(await whoIs()).toBeNull();
});

test('the password is changed, a short one not taken, and the page goes on with the new session', async () => {
  const { page } = world;
  const fill = async (password: string) => {
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('The new password again').fill(password);
  };
  await page.getByLabel('Present password').fill(PASSWORD);
  await fill('short');
  await page.getByText('This password is shorter than 12 characters.').waitFor();
  expect(await page.getByRole('button', { name: 'Change the password' }).isDisabled()).toBe(true);
  await fill(NEXT_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('Changed. Every other session of yours has ended.').waitFor();
  await page.getByRole('button', { name: 'Set up an authenticator' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
});
