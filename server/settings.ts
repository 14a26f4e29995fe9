// Every setting of the service in one table: flag, variable, meaning, default and how its text is read.

import { WORKER_NICENESS } from './jobs/limits.ts';

export interface Setting {
  readonly name: string;
  readonly flag: string;
  readonly variable: string;
  readonly description: string;
  /** Throws with a message for the person who wrote the value. Receives undefined when nothing was set. */
  parse(text: string | undefined): unknown;
}

export const SETTINGS = [
  setting('dataDir', 'data-dir', 'folder of the database, uploads and engine', text('./ecluse-data')),
  setting('host', 'host', 'address to listen on', text('127.0.0.1')),
  setting('port', 'port', 'port of the API; 0 picks a free one', wholeNumber(8080, { max: 65_535 })),
  setting('operationsHost', 'operations-host', 'address of /livez, /readyz and /metrics', text('127.0.0.1')),
  setting(
    'operationsPort',
    'operations-port',
    'port of /livez, /readyz and /metrics; 0 picks a free one',
    wholeNumber(9090, { max: 65_535 }),
  ),
  setting('publicUrl', 'public-url', 'URL under which callers reach the API and the console', text('')),
  setting(
    'trustedProxies',
    'trusted-proxies',
    'proxies in front of the service, whose X-Forwarded-For says who calls; guesses at passwords are counted by address',
    wholeNumber(0, { max: 10 }),
  ),
  setting(
    'databaseUrl',
    'database-url',
    'PostgreSQL URL of a role that owns no tables; SQLite in the data folder without it',
    optional(urlOf(['postgres:', 'postgresql:'])),
  ),
  setting(
    'databaseOwnerUrl',
    'database-owner-url',
    'PostgreSQL URL of the role that owns the tables, for migrations alone',
    optional(urlOf(['postgres:', 'postgresql:'])),
  ),
  setting(
    'rootKeyFile',
    'root-key-file',
    'file of the root key; made in the data folder on first start without it',
    text(''),
  ),
  setting(
    'erasureLedgerFile',
    'erasure-ledger-file',
    'file that remembers who was erased, for restored backups; in the data folder without it',
    text(''),
  ),
  setting(
    'clickhouseUrls',
    'clickhouse-url',
    'URLs of a ClickHouse server or of every node of a cluster, by comma; embedded without it',
    list(urlOf(['http:', 'https:'])),
    'ECLUSE_CLICKHOUSE_URL',
  ),
  setting('clickhouseUser', 'clickhouse-user', 'user at the cluster', text('default')),
  setting('clickhousePassword', 'clickhouse-password', 'password at the cluster', text('')),
  setting('clickhouseDatabase', 'clickhouse-database', 'database at the cluster', text('default')),
  setting(
    'clickhouseCaFile',
    'clickhouse-ca-file',
    'PEM of who signed the certificates of the cluster; the system’s authorities without it',
    optional((given) => given),
  ),
  setting('clickhouseCluster', 'clickhouse-cluster', 'name of the cluster in its own configuration', text('ecluse')),
  setting('logOrigin', 'log-origin', 'name of the audit log, as verifiers know it', text('ecluse.local/audit-log')),
  setting(
    'witnessPolicyFile',
    'witness-policy-file',
    'C2SP policy of the witnesses that must cosign the audit log before anything is released; none without it',
    text(''),
  ),
  setting(
    'logLevel',
    'log-level',
    'fatal, error, warn, info, debug or silent',
    oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
  ),
  setting(
    'oidcIssuer',
    'oidc-issuer',
    'issuer of the OpenID provider that members may sign in by; none without it',
    optional(issuerOf),
  ),
  setting('oidcClientId', 'oidc-client-id', 'name of this service at the OpenID provider', text('ecluse')),
  setting(
    'oidcClientSecretFile',
    'oidc-client-secret-file',
    'file with the secret of this service at the OpenID provider; a public client without it',
    text(''),
  ),
  setting('oidcLabel', 'oidc-label', 'what people call the OpenID provider', text('single sign-on')),
  setting('uploadMaxBytes', 'upload-max-bytes', 'largest upload', wholeNumber(50_000_000_000)),
  setting(
    'uploadKeptHours',
    'upload-kept-hours',
    'hours after which an upload nobody loaded is destroyed',
    wholeNumber(24, { min: 1 }),
  ),
  setting('workerConcurrency', 'worker-concurrency', 'jobs run beside each other', wholeNumber(2, { min: 1, max: 64 })),
  setting(
    'workerNiceness',
    'worker-niceness',
    'how far the worker of `serve` gives way to the API beside it, 0 (not at all) to 19',
    wholeNumber(WORKER_NICENESS, { max: 19 }),
  ),
  setting(
    'allowPrivateDestinations',
    'allow-private-destinations',
    'true lets deliveries go to private addresses, for trials',
    truth(false),
  ),
  setting(
    'attackControl',
    'attack-control',
    'true switches noise and difference checks off, so that the attack suite sees its attacks succeed; refused in production',
    truth(false),
  ),
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

export function findSetting(name: SettingName): Setting {
  const found = SETTINGS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no setting ${name}`);
  return found;
}

type Parse = (text: string | undefined) => unknown;

function setting<Name extends string>(name: Name, flag: string, description: string, parse: Parse, variable?: string) {
  return { name, flag, variable: variable ?? `ECLUSE_${flag.replaceAll('-', '_').toUpperCase()}`, description, parse };
}

function text(fallback: string): Parse {
  return (given) => given ?? fallback;
}

function wholeNumber(
  fallback: number,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
): Parse {
  return (given) => {
    if (given === undefined) return fallback;
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
    return value;
  };
}

function oneOf(words: readonly string[], fallback: string): Parse {
  return (given) => {
    if (given !== undefined && !words.includes(given)) throw new Error(`must be one of ${words.join(', ')}`);
    return given ?? fallback;
  };
}

function truth(fallback: boolean): Parse {
  return (given) => {
    if (given === undefined) return fallback;
    if (given !== 'true' && given !== 'false') throw new Error('must be true or false');
    return given === 'true';
  };
}

function urlOf(protocols: readonly string[]): (given: string) => string {
  return (given) => {
    const url = URL.parse(given);
    if (url === null || !protocols.includes(url.protocol))
      throw new Error(`must be a URL that starts with ${protocols[0]}//`);
    return given;
  };
}

/** TLS, but on this machine: whoever stands between could otherwise sign in as anyone. */
function issuerOf(given: string): string {
  const url = URL.parse(given);
  const isLoopback = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return given;
  throw new Error('must be a URL that starts with https://');
}

function optional(parse: (given: string) => string): Parse {
  return (given) => (given === undefined || given === '' ? undefined : parse(given));
}

function list(parse: (given: string) => string): Parse {
  return (given) => (given === undefined || given === '' ? [] : given.split(',').map((part) => parse(part.trim())));
}
