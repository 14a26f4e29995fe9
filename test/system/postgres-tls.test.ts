// The control plane over TLS: the database is believed by the certificate that the URL names, and by nothing less.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../server/database/database.ts';
import { openWorld } from '../../server/testing/world.ts';
import { type Postgres, type ServerCertificate, startPostgres } from './postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-postgres-tls-'));
let postgres: Postgres;

function makeCertificate(name: string): ServerCertificate {
  const [key, certificate] = [join(folder, `${name}-key.pem`), join(folder, `${name}.pem`)];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'pipe' });
  return { key, certificate };
}

beforeAll(async () => {
  postgres = await startPostgres(makeCertificate('server'));
});

afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The first statement of the owner. */
async function ask(url: string): Promise<unknown> {
  const db = openDatabase({ dialect: 'postgres', url });
  try {
    const { rows } = await db.knex.raw('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows;
  } finally {
    await closeDatabase(db);
  }
}

test('with the certificate in the URL migrations and the service work, encrypted', async () => {
  const world = await openWorld(['osec'], {
    dialect: 'postgres',
    url: postgres.serviceUrl,
    ownerUrl: postgres.url,
  });
  await world.close();
  expect(await ask(postgres.url)).toEqual([{ ssl: true }]);
});

test('another certificate is refused, and so is a URL that names none', async () => {
  const stranger = makeCertificate('stranger').certificate;
  const other = postgres.url.replace(/sslrootcert=.*$/, `sslrootcert=${encodeURIComponent(stranger)}`);
  await expect(ask(other)).rejects.toThrow(/self-signed certificate/);
  await expect(ask(postgres.url.replace(/&sslrootcert=.*$/, ''))).rejects.toThrow(/self-signed certificate/);
});

test('a connection in the clear is refused by the server', async () => {
  await expect(ask(postgres.url.replace(/\?.*$/, ''))).rejects.toThrow(/no encryption|pg_hba/);
});
