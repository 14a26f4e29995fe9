// `ecluse keys escrow-key` and `ecluse keys open-export`: the recipient's side of a key export, without the service.
import { readFileSync, writeFileSync } from 'node:fs';
import sodium from 'libsodium-wrappers';
import { fingerprintOf, openBundle } from '../key-exports/key-export.ts';

/** Makes the recipient's pair; the private key goes to a new file that its owner alone reads. */
export async function makeEscrowKey(privateKeyFile: string, write: (text: string) => void): Promise<void> {
  await sodium.ready;
  const pair = sodium.crypto_box_keypair();
  const text = `${Buffer.from(pair.privateKey).toString('base64')}\n`;
  writeFileSync(privateKeyFile, text, { mode: 0o600, flag: 'wx' });
  const publicKey = Buffer.from(pair.publicKey).toString('base64');
  write(`public key   ${publicKey}\nfingerprint  ${fingerprintOf(publicKey)}\nprivate key  ${privateKeyFile}\n`);
}

/** `file`: the answer of `collect` as it came, or its `sealed` alone. */
export async function openExport(
  file: string,
  of: { privateKeyFile: string; write: (text: string) => void },
): Promise<void> {
  const text = readFileSync(file, 'utf8').trim();
  const sealed = text.startsWith('{') ? (JSON.parse(text) as { sealed: string }).sealed : text;
  const privateKey = Buffer.from(readFileSync(of.privateKeyFile, 'utf8').trim(), 'base64');
  const bundle = await openBundle(sealed, privateKey).catch((cause) => {
    throw new Error('this export was sealed to another key, or it is damaged', { cause });
  });
  of.write(`${JSON.stringify(bundle, null, 2)}\n`);
}
