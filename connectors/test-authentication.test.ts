// `test authentication` of every kind, against its sandbox: the credentials that hold are taken, each of them alone made false is
// refused, and nobody is sent either way.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './kit/clock.ts';
import { testDestination } from './kit/deliver.ts';
import { findDestination } from './registry.ts';
import { type RunningSandbox, SANDBOX_KINDS, type SandboxKind, startSandbox } from './sandbox-registry.ts';

let sandbox: RunningSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

/** Another value of the same form, so that no rule of form refuses it before the platform does. */
function another(value: string): string {
  if (value.startsWith('whsec_')) return `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  if (value.includes('PRIVATE KEY')) {
    const { privateKey } = generateKeyPairSync('ed25519');
    return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  }
  if (/^[A-Za-z0-9+/]{43}=$/.test(value)) return Buffer.alloc(32, 7).toString('base64');
  return `${value.slice(0, -1)}${value.endsWith('x') ? 'y' : 'x'}`;
}

function testWith(kind: SandboxKind, { settings, exportRoot }: RunningSandbox, credentials: object): Promise<void> {
  return testDestination(findDestination(kind)!, {
    ...{ settings: { ...settings }, credentials: { ...credentials }, clock: systemClock, random: () => 0.5 },
    ...{ network: { allowedAddresses: ['127.0.0.1/32'] }, exportRoot, signal: new AbortController().signal },
  });
}

/** No platform is asked there: whoever may write to the folder, or holds the key, is all there is. */
const WITHOUT_PLATFORM: readonly string[] = ['file', 'openrtb'];
const received = async ({ receivedUrl }: RunningSandbox): Promise<string> => (await fetch(receivedUrl)).text();

describe.each(SANDBOX_KINDS.filter((kind) => findDestination(kind) !== undefined))('%s', (kind) => {
  it('takes the credentials that hold, and sends nobody', async () => {
    sandbox = await startSandbox(kind);
    const before = await received(sandbox);
    await expect(testWith(kind, sandbox, sandbox.credentials)).resolves.toBeUndefined();
    if (kind !== 'webhook') expect(await received(sandbox)).toBe(before);
  });

  it.skipIf(WITHOUT_PLATFORM.includes(kind))(
    'refuses each credential that is false, and repeats none of it',
    async () => {
      sandbox = await startSandbox(kind);
      const before = await received(sandbox);
      expect(Object.keys(sandbox.credentials).length).toBeGreaterThan(0);
      for (const [name, value] of Object.entries(sandbox.credentials)) {
        const wrong = another(value);
        const error = await testWith(kind, sandbox, { ...sandbox.credentials, [name]: wrong }).catch(
          (one: unknown) => one,
        );
        expect(error, name).toMatchObject({ code: expect.stringMatching(/^(authentication|rejected)$/) });
        expect(String(error), name).not.toContain(wrong);
      }
      expect(await received(sandbox)).toBe(before);
    },
  );
});
