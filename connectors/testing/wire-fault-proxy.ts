// A network that fails beneath a protocol it cannot read, as SSH is: it resets before, in the middle of what is sent and after the server
// had it, and falls silent in one direction or in both. Seeded, so that a failure can be played again.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export const WIRE_FAULTS = ['reset-before', 'reset-within', 'reset-unanswered', 'stall', 'stall-unanswered'] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

export interface WireFaultProxy {
  readonly port: number;
  /** How often each fault was really played: a connection that ended before its turn does not count. */
  readonly played: Readonly<Record<WireFault, number>>;
  close(): Promise<void>;
}

export interface WireFaultOptions {
  readonly targetPort: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** The share of connections that meet a fault. */
  readonly share: number;
  /** Of what the client sends, a fault comes after no more bytes than these. */
  readonly withinBytes: number;
  /** A stall ends by a reset after so long. */
  readonly stallMs: number;
}

export async function startWireFaultProxy(options: WireFaultOptions): Promise<WireFaultProxy> {
  const played = Object.fromEntries(WIRE_FAULTS.map((fault) => [fault, 0])) as Record<WireFault, number>;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const { random, share, withinBytes } = options;
    const fault = random() < share ? WIRE_FAULTS[Math.floor(random() * WIRE_FAULTS.length)] : undefined;
    const afterBytes = Math.floor(random() * withinBytes);
    sockets.add(client.on('close', () => sockets.delete(client)));
    join(client, { ...options, fault, afterBytes, told: () => fault !== undefined && played[fault]++ });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    played,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Joining extends WireFaultOptions {
  readonly fault: WireFault | undefined;
  readonly afterBytes: number;
  told(): void;
}

function join(client: Socket, { targetPort, fault, afterBytes, stallMs, told }: Joining): void {
  if (fault === 'reset-before') {
    told();
    client.destroy();
    return;
  }
  const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
  const end = (): void => {
    client.destroy();
    target.destroy();
  };
  for (const socket of [client, target]) socket.on('error', end).on('close', end);
  let bytes = 0;
  let isFaulty = false;
  client.on('data', (chunk) => {
    bytes += chunk.length;
    if (fault === undefined || bytes <= afterBytes) return void target.write(chunk);
    const isFirst = !isFaulty;
    isFaulty = true;
    if (isFirst) {
      told();
      if (fault === 'reset-within') target.write(chunk.subarray(0, chunk.length >> 1), end);
      else setTimeout(end, stallMs);
    }
    // The server has it all, and its answers are lost.
    if (fault.endsWith('unanswered')) target.write(chunk);
  });
  target.on('data', (chunk) => {
    if (!isFaulty) client.write(chunk);
  });
}
