// Over TLS: a node is believed by the certificate of who signed it, and by nothing less.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClusterEngine } from './cluster.ts';
import { type ClusterFixture, startCluster } from './cluster-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-tls-'));
let cluster: ClusterFixture;
let gate: Server;
let url: string;

beforeAll(async () => {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'pipe' });
  cluster = await startCluster({ shards: 1, alone: true });
  gate = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, outgoing) => {
    const { method = 'GET', headers } = incoming;
    const onward = request(`${cluster.urls[0]}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(gate.address() as AddressInfo).port}`;
});

afterAll(async () => {
  gate?.closeAllConnections();
  gate?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('with the signer’s certificate every statement works, with values and with files', async () => {
  const caCertificate = readFileSync(join(folder, 'certificate.pem'));
  const engine = await openClusterEngine({ ...cluster, urls: [url], caCertificate });
  expect(await engine.query('SELECT {said:String} AS said', { said: 'over TLS' })).toEqual([{ said: 'over TLS' }]);
  expect(await engine.listTables()).toEqual([]);
  await engine.close();
});

test('without it the node is refused', async () => {
  await expect(openClusterEngine({ ...cluster, urls: [url] })).rejects.toThrow('engine:');
});
