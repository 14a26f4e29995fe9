// Configuration from flags, the environment and *_FILE variables, checked as a whole at start; whatever is unknown is refused.
import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { findSetting, SETTINGS, type SettingName } from './settings.ts';

export interface Config {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly operationsHost: string;
  readonly operationsPort: number;
  readonly publicUrl: string;
  readonly trustedProxies: number;
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly rootKeyFile: string;
  /** Keep it apart from backups: it is what makes a restored one forget again. */
  readonly erasureLedgerFile: string;
  readonly clickhouseUrls: readonly string[];
  readonly clickhouseUser: string;
  readonly clickhousePassword: string;
  readonly clickhouseDatabase: string;
  readonly clickhouseCaFile: string | undefined;
  readonly clickhouseCluster: string;
  readonly logOrigin: string;
  /** Empty: no witness is asked. */
  readonly witnessPolicyFile: string;
  readonly oidcIssuer: string | undefined;
  readonly oidcClientId: string;
  /** Empty: a public client. */
  readonly oidcClientSecretFile: string;
  readonly oidcLabel: string;
  readonly logLevel: string;
  readonly uploadMaxBytes: number;
  readonly uploadKeptHours: number;
  readonly workerConcurrency: number;
  readonly workerNiceness: number;
  readonly allowPrivateDestinations: boolean;
  /** Noise and difference checks are off: for made-up persons on this machine alone. */
  readonly attackControl: boolean;
}

export interface ConfigSources {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile?: (path: string) => string;
}

export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Throws ConfigError with every fault at once. A flag wins over the environment, the environment over the default. */
export function readConfig(sources: ConfigSources): Config {
  const faults: string[] = unknownVariables(sources.env);
  const values = new Map<SettingName, unknown>();
  for (const setting of SETTINGS) {
    const text = textOf(setting.name, sources, faults);
    try {
      values.set(setting.name, setting.parse(text));
    } catch (error) {
      faults.push(`--${setting.flag} (${setting.variable}): ${(error as Error).message}`);
    }
  }
  if (values.get('attackControl') === true) faults.push(...faultsOfControl(values, sources.env));
  if (faults.length > 0) throw new ConfigError(faults);
  return completed(Object.fromEntries(values) as unknown as Config);
}

/** Whatever looks like a service that somebody relies on is no place for it. */
function faultsOfControl(values: ReadonlyMap<SettingName, unknown>, env: ConfigSources['env']): string[] {
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(String(values.get('host')));
  const isTrial = env.NODE_ENV === 'test' && isLoopback && values.get('databaseUrl') === undefined;
  if (isTrial) return [];
  return ['--attack-control needs NODE_ENV=test, a loopback host and no database-url: it takes the protection away'];
}

function completed(read: Config): Config {
  const dataDir = resolve(read.dataDir);
  const rootKeyFile = read.rootKeyFile === '' ? join(dataDir, 'keys', 'root.key') : resolve(read.rootKeyFile);
  if (!isAbsolute(dataDir)) throw new ConfigError(['the data folder has no absolute path']);
  const erasureLedgerFile = resolve(read.erasureLedgerFile || join(dataDir, 'erasures.ledger'));
  return {
    ...read,
    dataDir,
    rootKeyFile,
    erasureLedgerFile,
    publicUrl: read.publicUrl.replace(/\/+$/, '') || localUrl(read.host, read.port),
  };
}

/** A browser on this machine takes a session's cookie without TLS from `localhost` and loopback addresses alone. */
export function localUrl(host: string, port: number): string {
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function textOf(
  name: SettingName,
  { flags, env, readFile = readText }: ConfigSources,
  faults: string[],
): string | undefined {
  const setting = findSetting(name);
  const flag = flags[name];
  if (flag !== undefined) return flag;
  const direct = env[setting.variable];
  const file = setting.variable.endsWith('_FILE') ? undefined : env[`${setting.variable}_FILE`];
  if (direct !== undefined && file !== undefined)
    faults.push(`${setting.variable} and ${setting.variable}_FILE are both set`);
  if (file === undefined) return direct;
  try {
    return readFile(file).trim();
  } catch {
    faults.push(`${setting.variable}_FILE names a file that cannot be read`);
    return undefined;
  }
}

// The partner's command line reads these; both may run in one shell.
const PARTNER_VARIABLES = ['ECLUSE_URL', 'ECLUSE_API_KEY', 'ECLUSE_SALT'].flatMap((name) => [name, `${name}_FILE`]);

function unknownVariables(env: ConfigSources['env']): string[] {
  const ours = SETTINGS.flatMap(({ variable }) => [variable, `${variable}_FILE`]);
  const known = new Set([...ours, ...PARTNER_VARIABLES]);
  return Object.keys(env)
    .filter((key) => key.startsWith('ECLUSE_') && !known.has(key))
    .map((key) => `${key} is no setting of this service; \`ecluse serve --help\` lists them`);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
