// compose.yaml and docs/scaling.md say what the service understands: every setting, secret, host and command in them exists.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../server/config.ts';
import { SETTINGS } from '../server/settings.ts';
import { ROOT } from './source-files.ts';

interface ComposeService {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly configs?: readonly { source: string }[];
  readonly build?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { file: string }>>;
  readonly configs: Readonly<Record<string, { content: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
const ours = Object.entries(compose.services).filter(([, service]) => service.build !== undefined);
const VARIABLES = new Set(SETTINGS.flatMap(({ variable }) => [variable, `${variable}_FILE`]));

/** What `--help` of a command prints; fails for a command that is not there. */
function helpOf(command: string): string {
  return execFileSync(process.execPath, [join(ROOT, 'server/main.ts'), ...command.split(' '), '--help'], {
    encoding: 'utf8',
  });
}

describe('compose.yaml', () => {
  test('starts the API, workers, a migration, PostgreSQL and two shards', () => {
    const names = ['migrate', 'api', 'worker', 'postgres', 'clickhouse-1', 'clickhouse-2'];
    expect(Object.keys(compose.services)).toEqual(names);
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
  });

  test.each(ours)(
    '%s has a configuration that the service takes, and reads secrets from files alone',
    (_name, service) => {
      const env = service.environment ?? {};
      for (const variable of Object.keys(env)) expect(VARIABLES).toContain(variable);
      const read = (path: string) => {
        const secret = path.replace('/run/secrets/', '');
        expect(service.secrets).toContain(secret);
        return secret.includes('url') ? 'postgres://role:word@postgres/ecluse' : 'word';
      };
      const config = readConfig({ flags: {}, env, readFile: read });
      expect(config.clickhousePassword).toBe('word');
      expect(config.databaseUrl).toContain('postgres://');
      const hosts = config.clickhouseUrls.map((url) => new URL(url).hostname);
      expect(hosts).toEqual(Object.keys(compose.services).filter((name) => name.startsWith('clickhouse')));
      const cluster = compose.configs.clickhouse_cluster?.content ?? '';
      expect(cluster).toContain(`<${config.clickhouseCluster}>`);
      for (const host of hosts) expect(cluster).toContain(`<host>${host}</host>`);
    },
  );

  test.each(ours)('%s runs a command that is there', (_name, service) => {
    const [program, file, command = '', ...flags] = service.command ?? [];
    expect([program, file]).toEqual(['node', 'server/main.ts']);
    const help = helpOf(command);
    for (const flag of flags) expect(help).toContain(flag);
  });

  test('whatever is named is declared: secrets, volumes, configurations, services', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const secret of service.secrets ?? []) expect(compose.secrets, name).toHaveProperty(secret);
      for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services, name).toHaveProperty(other);
      for (const { source } of service.configs ?? []) expect(compose.configs, name).toHaveProperty(source);
      for (const volume of service.volumes ?? [])
        expect(compose.volumes, name).toHaveProperty(volume.split(':')[0] ?? '');
    }
  });

  test('every secret is a file that the page makes, and none is in the repository', () => {
    const made = /```sh execute\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made).toContain(`> ${name}\n`);
    }
    for (const ignored of ['.gitignore', '.dockerignore'])
      expect(readFileSync(join(ROOT, ignored), 'utf8')).toMatch(/^secrets\/?$/m);
  });

  test('every opened element of the ClickHouse configurations is closed', () => {
    for (const { content } of Object.values(compose.configs)) {
      const open: string[] = [];
      for (const [, closing, name, rest] of content.matchAll(/<(\/?)([a-z][a-z0-9_]*)([^>]*)>/g)) {
        if (closing === '/') expect(open.pop()).toBe(name);
        else if (rest?.endsWith('/') === false) open.push(name ?? '');
      }
      expect(open).toEqual([]);
    }
  });
});

describe('docs/scaling.md', () => {
  test('names no setting that is not there', () => {
    const named = new Set(page.match(/ECLUSE_[A-Z_]+/g));
    expect(named.size).toBeGreaterThan(8);
    for (const variable of named) expect(VARIABLES, variable).toContain(variable);
  });

  test('names no command and no flag that is not there', () => {
    const commands = [...page.matchAll(/^ecluse ((?:audit )?[a-z-]+)(.*)$/gm)];
    expect(commands.length).toBeGreaterThan(3);
    for (const [, command = '', flags = ''] of commands) {
      const help = helpOf(command);
      for (const flag of flags.match(/--[a-z-]+/g) ?? []) expect(help, command).toContain(flag);
    }
  });

  test('what is computed follows from what is said to be measured', () => {
    const lines = [
      ...page.matchAll(/^\| (\d+) (million|billion) +\| (\d+) (million|billion) +\| (\d+) GB +\| (\d+) (min|h)/gm),
    ];
    expect(lines).toHaveLength(3);
    const seconds = Number(/(\d+) µs of CPU a key, a\s+disk half full/.exec(page)?.[1]) / 1e6;
    const scale = (unit = '') => (unit === 'million' ? 1e6 : 1e9);
    for (const [, keys, keysUnit, rows, rowsUnit, gigabytes, time, timeUnit] of lines) {
      const [k, r] = [Number(keys) * scale(keysUnit), Number(rows) * scale(rowsUnit)];
      expect(r).toBe(k / 2);
      expect(Number(gigabytes)).toBe(Math.round((r * (61 + 20 * 2 * 2)) / 1e9));
      expect(Number(time)).toBe(Math.round((k * seconds) / (timeUnit === 'min' ? 60 : 3_600)));
    }
  });
});
