// The way out: what may be dialled, checked against real sockets on this machine.
import { lookup as systemLookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { addressGuard } from './address-guard.ts';
import { type EgressRequest, type Network, openEgress } from './egress.ts';

const servers: { close(): unknown; closeAllConnections?(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function serve(
  answer: Parameters<typeof createServer>[1],
): Promise<{ server: Server; port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    answer!(request as never, response as never);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, seen };
}

const LOOPBACK: Network = { allowedAddresses: ['127.0.0.1/32'] };
const names = (answers: Record<string, string[]>): LookupFunction =>
  ((
    hostname: string,
    options: { all?: boolean },
    callback: (error: null, address: unknown, family?: number) => void,
  ) => {
    const addresses = (answers[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address, addresses[0]?.family);
  }) as unknown as LookupFunction;

async function send(
  url: string,
  network: Network,
  hosts = ['*.example', '127.0.0.1', 'localhost', '::1', '[::1]'],
  more: Partial<EgressRequest> = {},
) {
  const egress = openEgress({ network, hosts, signal: new AbortController().signal });
  try {
    return await egress.send({ method: 'GET', url, ...more });
  } finally {
    egress.close();
  }
}

describe('an address', () => {
  const isAllowed = addressGuard([]);
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    'fe80::1',
    'fe80::1%lo',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '3fff::1',
    '100::1',
    'not an address',
    '',
    '127.1',
    '0x7f000001',
  ])('%j is refused', (address) => {
    expect(isAllowed(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '100.63.255.255',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.255.255',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isAllowed(address)).toBe(true);
  });

  it('that the operator lists is allowed, and its neighbours are not', () => {
    const listed = addressGuard(['10.0.0.0/30', 'fd00::1']);
    expect(['10.0.0.3', '::ffff:10.0.0.3', 'fd00::1'].map(listed)).toEqual([true, true, true]);
    expect(['10.0.0.4', 'fd00::2'].map(listed)).toEqual([false, false]);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'example.com', '10.0.0.0/', '::/129', '10.0.0.0/8/8', ''])(
    'list with %j is refused as a whole',
    (entry) => {
      expect(() => addressGuard([entry])).toThrow(RangeError);
    },
  );
});

describe('egress', () => {
  it('reaches an allowed address and gives status, headers and body', async () => {
    const { port } = await serve((_, response) => response.writeHead(201, { 'X-Word': 'yes' }).end('hello'));
    const answer = await send(`http://127.0.0.1:${port}/a`, LOOPBACK);
    expect([answer.status, answer.headers['x-word'], answer.body.toString()]).toEqual([201, 'yes', 'hello']);
  });

  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://[::1]',
    'http://localhost',
    'https://127.0.0.1',
  ])('dials %s only if the operator lists it', async (base) => {
    const { port, seen } = await serve((_, response) => response.end());
    await expect(send(`${base}:${port}/`, {})).rejects.toMatchObject({ code: 'address_refused' });
    expect(seen).toEqual([]);
  });

  it('checks the address that a name resolves to, also when only one of several is private', async () => {
    const lookup = names({
      'a.example': ['10.0.0.1'],
      'b.example': ['8.8.8.8', '127.0.0.1'],
      'c.example': ['::ffff:169.254.169.254'],
    });
    for (const name of ['a', 'b', 'c']) {
      await expect(send(`https://${name}.example/`, { lookup })).rejects.toMatchObject({ code: 'address_refused' });
    }
  });

  it('dials the address it has checked: a name is looked up once', async () => {
    let lookups = 0;
    const lookup = ((hostname: string, options: object, callback: never) => {
      lookups++;
      systemLookup(lookups === 1 ? '127.0.0.1' : '10.0.0.1', options, callback);
      return hostname;
    }) as unknown as LookupFunction;
    const { port, seen } = await serve((_, response) => response.end());
    await send(`http://localhost:${port}/`, { lookup, allowedAddresses: ['127.0.0.1'] });
    expect([lookups, seen.length]).toEqual([1, 1]);
  });

  it.each([
    'https://other.test/',
    'https://example/',
    'https://a.example.evil.test/',
    'https://user@a.example/',
    'ftp://a.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('refuses %s, which the destination does not declare', async (url) => {
    await expect(send(url, LOOPBACK)).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('lets nothing but https leave the machine', async () => {
    const lookup = names({ 'a.example': ['8.8.8.8'] });
    await expect(send('http://a.example/', { lookup })).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('follows no redirect', async () => {
    const { port, seen } = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect((await send(`http://127.0.0.1:${port}/`, LOOPBACK)).status).toBe(302);
    expect(seen).toEqual(['/']);
  });

  it('reads no more of an answer than its limit', async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await expect(send(`http://127.0.0.1:${port}/`, LOOPBACK)).rejects.toMatchObject({ code: 'answer_too_large' });
  });

  it('waits no longer than told for a platform that stalls', async () => {
    const { port } = await serve(() => undefined);
    await expect(send(`http://127.0.0.1:${port}/`, LOOPBACK, undefined, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('takes a dropped connection for a fault that may pass', async () => {
    const tcp = createTcpServer((socket) => socket.destroy());
    servers.push(tcp);
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    await expect(send(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}/`, LOOPBACK)).rejects.toMatchObject({
      name: 'RetryableError',
    });
  });

  it('gets the answer that comes before the whole body was sent', async () => {
    const { port } = await serve((_, response) => response.writeHead(413, { connection: 'close' }).end('too much'));
    const body = Array.from({ length: 200 }, () => Buffer.alloc(65_536));
    const outcome = await send(`http://127.0.0.1:${port}/`, LOOPBACK, undefined, { method: 'POST', body }).catch(
      (error: unknown) => error,
    );
    // Either the answer arrives or the connection breaks under the rest of the body; it neither hangs nor crashes.
    expect(outcome).toSatisfy(
      (one: { status?: number; name?: string }) => one.status === 413 || one.name === 'RetryableError',
    );
  });

  it('ends at once when it is aborted', async () => {
    const { port } = await serve(() => undefined);
    const aborted = new AbortController();
    const egress = openEgress({ network: LOOPBACK, hosts: ['127.0.0.1'], signal: aborted.signal });
    const sending = egress.send({ method: 'GET', url: `http://127.0.0.1:${port}/` });
    setTimeout(() => aborted.abort(new Error('over')), 20);
    await expect(sending).rejects.toThrow('over');
    egress.close();
  });
});
