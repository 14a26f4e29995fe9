// `ecluse witness`: cosigns checkpoints of the logs it was told of. Runs elsewhere than the service, with a folder and a key of its own.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { isKeyName, parseVerifierKey, type VerifierKey, verifierKeyOf, verifierKeyText } from '../../audit/note-key.ts';
import { systemClock } from '../clock.ts';
import { lockFolder } from '../folder-lock.ts';
import { witnessKey } from '../witness/witness-key.ts';
import { makeWitnessServer } from '../witness/witness-server.ts';
import { WitnessStore } from '../witness/witness-store.ts';

export interface WitnessFlags {
  readonly name: string;
  readonly dir: string;
  /** Verifier keys of logs. */
  readonly log: readonly string[];
  readonly host: string;
  readonly port: string;
}

export async function runWitness(flags: WitnessFlags): Promise<void> {
  if (!isKeyName(flags.name)) throw new Error('--name has no blanks and no plus sign, such as witness.example.com/w1');
  if (!/^\d{1,5}$/.test(flags.port)) throw new Error('--port is a number; 0 picks a free one');
  const keys = flags.log.map(logKeyOf);
  const folder = resolve(flags.dir);
  const lock = await lockFolder(folder);
  const ended = endSignal();
  try {
    const signer = { name: flags.name, secretKey: await witnessKey(folder) };
    const store = await WitnessStore.open(folder, keys);
    const tell = (line: string) => void process.stdout.write(`${line}\n`);
    const server = makeWitnessServer({ store, signer, clock: systemClock, tell });
    const url = await listen(server, flags);
    const key = verifierKeyText(await verifierKeyOf(signer, 'cosignature'));
    tell(`Witness ${flags.name} listens on ${url}`);
    tell(`For the witness policy of the service and of verifiers:\n  witness ${nameIn(flags.name)} ${key} ${url}`);
    await ended;
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  } finally {
    await lock.release();
  }
}

function logKeyOf(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key.type !== 'ed25519') throw new Error(`--log ${key.name} is a witness's key, not a log's`);
  return key;
}

function nameIn(name: string): string {
  return name.split('/').at(-1) || name;
}

function listen(server: Server, { host, port }: WitnessFlags): Promise<string> {
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen({ host, port: Number(port) }, () => {
      const address = server.address() as AddressInfo;
      done(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

function endSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}
