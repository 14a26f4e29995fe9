// `ecluse serve`: the API, the operations port and one worker process; ends cleanly on SIGINT and SIGTERM.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApp } from '../app.ts';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { closeGround, makeHandlers, makeProtocols, openGround } from '../compose.ts';
import { type Config, ConfigError, localUrl } from '../config.ts';
import { asService } from '../database/row-scope.ts';
import { reapplyErasures } from '../deletions/reapply-erasures.ts';
import { EventTeller } from '../event-webhooks/event-teller.ts';
import { lockFolder } from '../folder-lock.ts';
import type { Ground } from '../ground.ts';
import { HEADERS_TIMEOUT_MS, SHUTDOWN_GRACE_MS } from '../http/limits.ts';
import { makeMetrics } from '../http/metrics.ts';
import { makeOperationsServer } from '../http/operations-server.ts';
import { countJobsByState } from '../jobs/job-store.ts';
import { WorkerProcess } from '../jobs/worker-process.ts';
import { ensureServiceKeys } from '../keys/service-keys.ts';
import { welcomeUrl } from '../sign-in/welcome-link.ts';
import { Sweeper } from '../sweep/sweep.ts';
import { issueSetupToken } from '../tenants/setup-token.ts';

export async function serve(config: Config, { withWorker }: { withWorker: boolean }): Promise<void> {
  // The embedded engine lives in the one worker that shares the folder's lock with its parent.
  if (!withWorker && config.clickhouseUrls.length === 0)
    throw new ConfigError([
      '--no-worker needs --clickhouse-url: the embedded engine lives in the worker of `ecluse serve`',
    ]);
  // On a cluster several services may share the folder of uploads; the embedded engine has one owner.
  const lock = config.clickhouseUrls.length === 0 ? await lockFolder(config.dataDir) : undefined;
  try {
    await asService(() => serveAlone(config, withWorker));
  } finally {
    await lock?.release();
  }
}

async function serveAlone(config: Config, withWorker: boolean): Promise<void> {
  const ground = await openGround(config, 'api');
  const worker = withWorker ? new WorkerProcess({ log: ground.log, argv: process.argv.slice(3) }) : undefined;
  const sweeper = new Sweeper(ground);
  const teller = new EventTeller(ground);
  const ended = endSignal();
  const servers: Server[] = [];
  try {
    await start(ground, { worker, servers });
    sweeper.start();
    teller.start();
    await ended;
    ground.log.info('ending');
  } finally {
    await Promise.all([...servers.map(closeServer), worker?.stop(), sweeper.stop()]);
    await getAuditLog(ground).then(
      ({ checkpoints }) => checkpoints.stop(),
      () => undefined,
    );
    await closeGround(ground);
  }
}

async function start(
  opened: Ground,
  { worker, servers }: { worker: WorkerProcess | undefined; servers: Server[] },
): Promise<void> {
  const { config, db } = opened;
  await ensureServiceKeys(opened);
  await reapplyErasures(opened);
  (await getAuditLog(opened)).checkpoints.start();
  const metrics = makeMetrics();
  const api = await listen(createServer(), { port: config.port, host: config.host });
  servers.push(api);
  const ground = { ...opened, config: withPort(config, api) };
  const app = makeApp({ ground, handlers: makeHandlers(ground), metrics, protocols: makeProtocols(ground) });
  api.on('request', app);
  const readiness = {
    check: async () => {
      await db.knex.raw('select 1').catch(() => {
        throw new Error('the database does not answer');
      });
      if (worker?.isAlive === false) throw new Error('the worker is being restarted');
    },
  };
  const beforeMetrics = async () => metrics.setJobs(await countJobsByState(db));
  const operationsServer = makeOperationsServer({ metrics, readiness, beforeMetrics });
  const operations = await listen(operationsServer, { port: config.operationsPort, host: config.operationsHost });
  servers.push(operations);
  api.headersTimeout = HEADERS_TIMEOUT_MS;
  // An upload of 50 GB outlasts any request timeout; idle sockets still end by the keep-alive timeout.
  api.requestTimeout = 0;
  worker?.start(() => metrics.countWorkerStart());
  await greet(ground, { api: urlOf(api, config.host), operations: urlOf(operations, config.operationsHost) });
}

async function greet(ground: Ground, urls: { api: string; operations: string }): Promise<void> {
  const token = await issueSetupToken(ground);
  const { publicUrl, attackControl } = ground.config;
  if (attackControl) ground.log.warn('noise and difference checks are off: this service protects nobody');
  const lines = [
    `Écluse listens on ${urls.api} (documentation: ${urls.api}/docs, health: ${urls.operations}/readyz)`,
    `The console is at ${publicUrl}/`,
  ];
  if (token !== undefined) {
    lines.push(
      `One-time admin token: ${token}`,
      `  for the console, set the operator's password once at ${welcomeUrl(publicUrl, token)}`,
      `  or for an API key: curl -X POST ${urls.api}/v1/setup -H 'Authorization: Bearer ${token}'`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Which port the system picked is known only now, and links have to lead to it. */
function withPort(config: Config, server: Server): Config {
  if (config.publicUrl !== localUrl(config.host, config.port)) return config;
  return { ...config, publicUrl: localUrl(config.host, portOf(server)) };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function listen(server: Server, at: { port: number; host: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(server));
    server.once('error', reject);
    server.listen(at);
  });
}

function urlOf(server: Server, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`;
}

function closeServer(server: Server): Promise<void> {
  setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS).unref();
  server.closeIdleConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
