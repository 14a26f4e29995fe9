// Rules of secrets: from a file or the environment, whole, one line, and never from an empty place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { getSecret, type SecretSource } from './secrets.ts';
import type { Terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCE: SecretSource = { name: 'salt', fileOption: '--salt-file', variable: 'ECLUSE_SALT' };
const terminal = (env: Record<string, string>) =>
  ({ env, stdin: { isTTY: false }, stderr: { isTTY: false } }) as unknown as Terminal;

function fromFile(content: string | Buffer): Promise<string> {
  const file = join(folder, 'salt.txt');
  writeFileSync(file, content);
  return getSecret({ ...SOURCE, file }, terminal({ ECLUSE_SALT: 'from the environment' }), false);
}

test.each([
  ['salt\n', 'salt'],
  ['salt\r\n', 'salt'],
  ['\u{feff}salt', 'salt'],
  ['salt with blanks ', 'salt with blanks '],
  ['Zoë:1', 'Zoë:1'],
])('the file %j gives the salt %j', async (content, salt) => expect(await fromFile(content)).toBe(salt));

test.each(['', '\n', '  \n', 'two\nlines', 'nul\0', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 'x'.repeat(5_000)])(
  'the file %j gives none',
  async (content) => {
    await expect(fromFile(content)).rejects.toMatchObject({ code: 'salt_invalid' });
  },
);

test('without a file the environment is asked, and without either the run ends as a usage error', async () => {
  expect(await getSecret(SOURCE, terminal({ ECLUSE_SALT: 'salt' }), false)).toBe('salt');
  await expect(getSecret(SOURCE, terminal({ ECLUSE_SALT: '' }), true)).rejects.toMatchObject({
    code: 'salt_missing',
    exitCode: 2,
  });
});
