// Configuration: every fault is told at once, and nothing unknown is passed over.
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { SETTINGS } from './settings.ts';

const read = (env: Record<string, string>, flags: Record<string, string> = {}, files: Record<string, string> = {}) =>
  readConfig({
    flags,
    env,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  });

function faultsOf(env: Record<string, string>, flags: Record<string, string> = {}): readonly string[] {
  try {
    read(env, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('without anything set the service is embedded and listens on loopback', () => {
  const config = read({});
  expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, clickhouseUrls: [] });
  expect(config.rootKeyFile.startsWith(config.dataDir)).toBe(true);
});

test('a flag wins over the environment, the environment over the default', () => {
  expect(read({ ECLUSE_PORT: '81' }).port).toBe(81);
  expect(read({ ECLUSE_PORT: '81' }, { port: '82' }).port).toBe(82);
});

test('a secret comes from a file as well', () => {
  const files = { '/run/secrets/db': 'postgres://db/ecluse\n' };
  expect(read({ ECLUSE_DATABASE_URL_FILE: '/run/secrets/db' }, {}, files).databaseUrl).toBe('postgres://db/ecluse');
});

test('all faults are told at once', () => {
  const faults = faultsOf({
    ECLUSE_PORT: 'eighty',
    ECLUSE_DATABASE_URL: 'mysql://x',
    ECLUSE_COLOUR: 'blue',
    ECLUSE_HOST: 'a',
    ECLUSE_HOST_FILE: '/none',
  });
  expect(faults.join('\n')).toMatch(/ECLUSE_COLOUR is no setting/);
  expect(faults.join('\n')).toMatch(/--port .*whole number/);
  expect(faults.join('\n')).toMatch(/--database-url .*postgres:/);
  expect(faults.join('\n')).toMatch(/ECLUSE_HOST and ECLUSE_HOST_FILE are both set/);
  expect(faults.join('\n')).toMatch(/ECLUSE_HOST_FILE names a file that cannot be read/);
});

test("the partner's variables are nobody's fault", () => {
  expect(faultsOf({ ECLUSE_SALT: 'x', ECLUSE_API_KEY_FILE: '/key' })).toEqual([]);
});

test('no fault quotes a value', () => {
  expect(faultsOf({ ECLUSE_DATABASE_URL: 'mysql://user:secret@db' }).join('')).not.toContain('secret');
});

test('every setting has a flag, a variable and a meaning of its own', () => {
  for (const field of ['flag', 'variable', 'description'] as const) {
    expect(new Set(SETTINGS.map((setting) => setting[field])).size).toBe(SETTINGS.length);
  }
});

test('protection is switched off on this machine for a test alone, and never in production', () => {
  const read = (env: Record<string, string>, flags: Record<string, string> = {}) =>
    readConfig({ flags: { attackControl: 'true', ...flags }, env });
  expect(read({ NODE_ENV: 'test' }).attackControl).toBe(true);
  expect(readConfig({ flags: {}, env: {} }).attackControl).toBe(false);
  for (const refused of [
    () => read({}),
    () => read({ NODE_ENV: 'production' }),
    () => read({ NODE_ENV: 'test' }, { host: '0.0.0.0' }),
    () => read({ NODE_ENV: 'test' }, { databaseUrl: 'postgres://db' }),
  ]) {
    expect(refused).toThrow('attack-control');
  }
});
