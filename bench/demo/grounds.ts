// What the service of the demo stands on: this machine alone, or two shards of ClickHouse, PostgreSQL and two workers, all started
// here. The story, and every figure of it, is the same on both.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openClusterEngine } from '../../matching/engine/cluster.ts';
import { type ClusterFixture, startCluster } from '../../matching/engine/cluster-fixture.ts';
import { openEmbeddedEngine } from '../../matching/engine/embedded.ts';
import type { Engine } from '../../matching/engine/engine.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { type Postgres, startPostgres } from '../../test/system/postgres.ts';

export interface Grounds {
  /** Settings of the service and its workers, as the environment gives them; secrets are in files. */
  readonly settings: Readonly<Record<string, string>>;
  /** Workers beside the service; 0: it starts its own. */
  readonly workers: number;
  /** Its first key was given out before, so that no admin token is printed. */
  readonly isSetUp?: boolean;
  /** Opened once the service has ended, to look into the chamber. */
  openEngine(): Promise<Engine>;
  openDatabase(): Database;
  close(): Promise<void>;
}

/** With what it stands on, so that tests can break it. */
export interface ClusterGrounds extends Grounds {
  readonly cluster: ClusterFixture;
  readonly postgres: Postgres;
}

export function machineGrounds(folder: string): Grounds {
  const dataFolder = join(folder, 'ecluse-data');
  return {
    settings: { ECLUSE_DATA_DIR: dataFolder },
    workers: 0,
    openEngine: () => openEmbeddedEngine({ dataDir: join(dataFolder, 'engine') }),
    openDatabase: () => openDatabase({ dialect: 'sqlite', file: join(dataFolder, 'ecluse.db') }),
    close: async () => undefined,
  };
}

export async function clusterGrounds(
  folder: string,
  rootKey: string = randomBytes(32).toString('base64'),
): Promise<ClusterGrounds> {
  const [cluster, postgres] = await Promise.all([startCluster({ shards: 2 }), startPostgres()]);
  const { urls, user, password } = cluster;
  const secrets = secretFiles(join(folder, 'secrets'), {
    ECLUSE_DATABASE_URL_FILE: postgres.serviceUrl,
    ECLUSE_DATABASE_OWNER_URL_FILE: postgres.url,
    ECLUSE_CLICKHOUSE_USER_FILE: user,
    ECLUSE_CLICKHOUSE_PASSWORD_FILE: password,
    ECLUSE_ROOT_KEY_FILE: rootKey,
  });
  return {
    settings: {
      ...secrets,
      ECLUSE_DATA_DIR: join(folder, 'ecluse-data'),
      ECLUSE_CLICKHOUSE_URL: urls.join(','),
      ECLUSE_CLICKHOUSE_CLUSTER: cluster.cluster,
    },
    workers: 2,
    cluster,
    postgres,
    openEngine: () => openClusterEngine({ urls, user, password, cluster: cluster.cluster }),
    openDatabase: () => openDatabase({ dialect: 'postgres', url: postgres.url }),
    close: async () => {
      await Promise.all([cluster.close(), postgres.stop()]);
    },
  };
}

function secretFiles(folder: string, secrets: Record<string, string>): Record<string, string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = Object.entries(secrets).map(([variable, secret]) => {
    const file = join(folder, variable.toLowerCase());
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return [variable, file];
  });
  return Object.fromEntries(entries);
}
