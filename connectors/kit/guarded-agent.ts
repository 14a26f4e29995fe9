// Agents that dial only what the guard allows: names are resolved once, the resolved address is checked and is the one
// dialled (no second look-up to rebind), and the connected socket is checked again before a byte is written to it.
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { PermanentError } from './errors.ts';

type IsAllowed = (address: string) => boolean;
type Connected = (error: Error | null, socket: Duplex) => void;

export interface GuardedAgent {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

export function guardedAgent(isAllowed: IsAllowed, lookup: LookupFunction): GuardedAgent {
  const options: AgentOptions = { keepAlive: true, maxSockets: 4 };
  const guarded = guardedLookup(isAllowed, lookup);
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  http.createConnection = (settings, done) => {
    const socket = connect({ ...(settings as TcpNetConnectOpts), lookup: guarded });
    return settle(socket, 'connect', isAllowed, done as Connected);
  };
  https.createConnection = (settings, done) => {
    const given = settings as ConnectionOptions;
    const servername = given.servername || (isIP(given.host ?? '') === 0 ? given.host : undefined);
    const socket = tlsConnect({ ...given, ...(servername ? { servername } : {}), lookup: guarded });
    return settle(socket, 'secureConnect', isAllowed, done as Connected);
  };
  return {
    http,
    https,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/** A bare connection, for protocols other than HTTP. Rejects with the fault of dialling. */
export function guardedConnect(
  { host, port }: { host: string; port: number },
  { isAllowed, lookup }: { isAllowed: IsAllowed; lookup: LookupFunction },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Protocols of many small exchanges wait 40 ms for each otherwise.
    const socket = connect({ host, port, noDelay: true, lookup: guardedLookup(isAllowed, lookup) });
    settle(socket, 'connect', isAllowed, (error) => (error === null ? resolve(socket) : reject(error)));
  });
}

/** One refused address among several refuses the name: a rebinding name mixes public and private answers. */
function guardedLookup(isAllowed: IsAllowed, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error) return callback(error, address, family);
      const found = Array.isArray(address) ? address.map((one) => one.address) : [address];
      if (found.length === 0 || !found.every(isAllowed)) return callback(refused(), '', 0);
      callback(null, address, family);
    });
  };
}

/** Hands the socket over only when it is connected to an allowed address. */
function settle(socket: Socket, event: 'connect' | 'secureConnect', isAllowed: IsAllowed, done: Connected): undefined {
  const onError = (error: Error): void => done(error, socket);
  socket.once('error', onError);
  socket.once('connect', () => {
    if (!isAllowed(socket.remoteAddress ?? '')) socket.destroy(refused());
  });
  socket.once(event, () => {
    socket.off('error', onError);
    if (!socket.destroyed) done(null, socket);
  });
  return undefined;
}

function refused(): PermanentError {
  return new PermanentError(
    'address_refused',
    'the host is at a private or special address, which the operator has not allowed',
  );
}
