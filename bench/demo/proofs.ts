// What an auditor takes home: the log's key, its newest checkpoint, a receipt for each thing that matters. Checked with the service off.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Actor, answer, DemoFailure } from './api.ts';
import { verifyOffline } from './partner.ts';

export interface Proofs {
  readonly folder: string;
  /** File name and what it proves. */
  readonly files: readonly { readonly name: string; readonly proves: string }[];
  readonly checkpointSize: number;
}

export interface Claim {
  readonly name: string;
  readonly proves: string;
  readonly eventId: string | null;
  readonly reader: Actor;
}

export const KEY_FILE = 'log.key';
export const CHECKPOINT_FILE = 'checkpoint';

export async function collectProofs(
  service: { url: string },
  reader: Actor,
  claims: readonly Claim[],
  folder: string,
): Promise<Proofs> {
  mkdirSync(folder, { recursive: true });
  const { verifier_key } = await answer('reading the log’s key', reader.api.GET('/v1/audit/key'));
  writeFileSync(join(folder, KEY_FILE), `${verifier_key}\n`);
  const files = [{ name: KEY_FILE, proves: 'whose signature to accept' }];
  for (const { name, proves, eventId, reader: holder } of claims) {
    if (eventId === null) throw new DemoFailure(`there is no receipt for ${name}`);
    const params = { path: { event_id: eventId } };
    const receipt = await answer(`fetching the receipt of ${name}`, receiptText(holder, params));
    writeFileSync(join(folder, `${name}.tlog-proof`), receipt);
    files.push({ name: `${name}.tlog-proof`, proves });
  }
  const checkpoint = await (await fetch(`${service.url}/checkpoint`)).text();
  writeFileSync(join(folder, CHECKPOINT_FILE), checkpoint);
  files.push({ name: CHECKPOINT_FILE, proves: 'the whole log, signed' });
  return { folder, files, checkpointSize: Number(checkpoint.split('\n')[1]) };
}

/** Every receipt and the checkpoint, each by the partner's command line alone. */
export async function proofsHold({ files, folder }: Proofs): Promise<boolean> {
  const proofs = files.map(({ name }) => name).filter((name) => name !== KEY_FILE);
  const verdicts = await Promise.all(proofs.map((name) => verifyOffline(name, KEY_FILE, folder)));
  return verdicts.length > 1 && verdicts.every(Boolean);
}

function receiptText({ api }: Actor, params: { path: { event_id: string } }) {
  return api.GET('/v1/receipts/{event_id}', { params, parseAs: 'text' }) as Promise<{
    data?: string;
    error?: unknown;
    response: Response;
  }>;
}
