// A small world to play scenarios in: the whole API in this process, tenants with a member of every role, keys made through the API.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { makeApp } from '../app.ts';
import { makeHandlers } from '../compose.ts';
import { readConfig } from '../config.ts';
import { closeDatabase, type Database, type DatabaseLocation, openDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { asService } from '../database/row-scope.ts';
import type { Ground } from '../ground.ts';
import { makeMetrics } from '../http/metrics.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { ensureServiceKeys } from '../keys/service-keys.ts';
import { makeLog } from '../log.ts';
import { PoliciesInForce } from '../policies/policies-in-force.ts';
import { issueSetupToken } from '../tenants/setup-token.ts';
import { UPLOADS_PATH, uploadProtocol } from '../uploads/upload-protocol.ts';
import { MovableClock } from './movable-clock.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into by the scenario that asked for it.
  readonly body: any;
}

export interface World {
  readonly ground: Ground;
  readonly clock: MovableClock;
  /** What a scenario calls a thing, and its id: tenants, members such as `osec.analyst`, and whatever was kept on the way. */
  readonly names: Map<string, string>;
  /** A member with these roles and a key, as `<tenant>.<name>`. */
  addMember(member: { tenant: string; name: string; roles: readonly string[] }): Promise<void>;
  /** One more operator with a key, under this name. */
  addOperator(name: string): Promise<void>;
  call(request: { who: string; method: string; path: string; body?: unknown }): Promise<Answer>;
  readonly url: string;
  /** For requests that `call` would not send. */
  secretOf(who: string): string;
  close(): Promise<void>;
}

/** Each tenant has one member of each of them, beside its first admin. */
const OTHER_ROLES = ['data-engineer', 'analyst', 'compliance-officer', 'connector'] as const;

/** `who` is `<tenant>.<role>`, `operator` or `nobody`. On SQLite in a folder of its own, unless another place is given. */
export async function openWorld(
  tenants: readonly string[] = ['osec', 'rando'],
  location?: DatabaseLocation,
  settings: Readonly<Record<string, string>> = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-world-'));
  const clock = new MovableClock('2026-06-01T08:00:00.000Z');
  const db = openDatabase(location ?? { dialect: 'sqlite', file: join(folder, 'ecluse.db') });
  const server = await listen();
  const { port } = server.address() as AddressInfo;
  const flags = { dataDir: folder, logLevel: 'silent', publicUrl: `http://127.0.0.1:${port}`, ...settings };
  const ground = await asService(() => openGround({ flags, db, clock }));
  server.on('request', appOf(ground));
  const names = new Map<string, string>();
  const secrets = new Map<string, string>([['setup', (await asService(() => issueSetupToken(ground))) ?? '']]);
  const call = caller(port, secrets);
  const close = async () => {
    await new Promise((resolve) => server.close(resolve));
    await closeDatabase(ground.db);
    rmSync(folder, { recursive: true, force: true });
  };
  const post = async (who: string, path: string, body?: unknown) => {
    const answer = await call({ who, method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const addMember: World['addMember'] = async ({ tenant, name, roles }) => {
    const member = await post(`${tenant}.admin`, '/v1/members', { name, roles });
    const key = await post(`${tenant}.admin`, '/v1/api-keys', { name, member_id: member.id });
    names.set(`${tenant}.${name}`, member.id);
    secrets.set(`${tenant}.${name}`, key.secret);
  };
  const addOperator: World['addOperator'] = async (name) => {
    const { api_key, secret } = await post('operator', '/v1/operators', { name });
    names.set(name, api_key.member_id);
    secrets.set(name, secret);
  };
  secrets.set('operator', (await post('setup', '/v1/setup')).secret);
  for (const name of tenants) {
    const founded = await post('operator', '/v1/tenants', { name, admin_name: 'Ada' });
    names.set(name, founded.tenant.id).set(`${name}.admin`, founded.admin.id);
    secrets.set(`${name}.admin`, founded.secret);
    for (const role of OTHER_ROLES) await addMember({ tenant: name, name: role, roles: [role] });
  }
  const secretOf = (who: string) => secrets.get(who) ?? '';
  return { ground, clock, names, url: `http://127.0.0.1:${port}`, secretOf, addMember, addOperator, call, close };
}

function caller(port: number, secrets: ReadonlyMap<string, string>): World['call'] {
  return async ({ who, method, path, body }) => {
    const secret = secrets.get(who);
    if (secret === undefined && who !== 'nobody') throw new Error(`nobody in this world is ${who}`);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined };
  };
}

async function openGround(of: {
  flags: Readonly<Record<string, string>>;
  db: Database;
  clock: MovableClock;
}): Promise<Ground> {
  const { flags, db, clock } = of;
  const config = readConfig({ flags, env: {} });
  await migrateUp(db);
  const rootKey = new Uint8Array(32).fill(7);
  const keys = new KeyRing({ db, rootKey, clock });
  const ground = { config, db, clock, log: makeLog('silent', 'api'), rootKey, keys, policies: new PoliciesInForce(db) };
  await ensureServiceKeys(ground);
  return ground;
}

function appOf(ground: Ground): Express {
  return makeApp({
    ground,
    handlers: makeHandlers(ground),
    metrics: makeMetrics(),
    protocols: [{ path: UPLOADS_PATH, serve: uploadProtocol(ground) }],
  });
}

async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
