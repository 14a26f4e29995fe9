// `keygen`: an X25519 key pair for sealed ids. The private half is readable by its owner alone and never printed.
import { open, readFile, rm } from 'node:fs/promises';
import { fromBase64url, makeSealingKeyPair, publicKeyId, toBase64url } from '../../identifiers/sealed-id.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { errnoOf } from '../hashing/input-file.ts';
import type { CommandResult, JsonFlag } from '../terminal.ts';

export interface KeygenOptions extends JsonFlag {
  readonly output: string;
}

interface KeyFile {
  readonly version: 1;
  readonly algorithm: 'x25519';
  readonly publicKeyId: string;
  readonly publicKey: string;
  readonly privateKey?: string;
}

/** Writes <output>.private.json (0600) and <output>.public.json; never overwrites a key. */
export async function keygenCommand(options: KeygenOptions): Promise<CommandResult> {
  const { publicKey, privateKey } = await makeSealingKeyPair();
  const id = publicKeyId(publicKey);
  const publicPart: KeyFile = { version: 1, algorithm: 'x25519', publicKeyId: id, publicKey: toBase64url(publicKey) };
  const files = { privateKey: `${options.output}.private.json`, publicKey: `${options.output}.public.json` };
  await writeNew(files.privateKey, { ...publicPart, privateKey: toBase64url(privateKey) }, 0o600);
  try {
    await writeNew(files.publicKey, publicPart, 0o644);
  } catch (cause) {
    await rm(files.privateKey, { force: true });
    throw cause;
  }
  return {
    result: { publicKeyId: id, files },
    text: `key ${id}\nprivate key (keep it secret): ${files.privateKey}\npublic key (give it to partners): ${files.publicKey}`,
    exitCode: EXIT.ok,
  };
}

/** The 32 bytes of a public key file. */
export async function readPublicKeyFile(
  path: string,
  read: (path: string) => Promise<string> = (from) => readFile(from, 'utf8'),
): Promise<Uint8Array> {
  let text: string;
  try {
    text = await read(path);
  } catch (cause) {
    throw new CommandError('file_unreadable', `cannot read the key ${path}`, { cause, hint: errnoOf(cause) });
  }
  const publicKey = publicKeyOf(text.trim());
  if (publicKey?.length === 32) return publicKey;
  throw new CommandError('key_invalid', `${path} holds no X25519 public key`, {
    hint: 'the file of the service, or the .public.json of keygen',
  });
}

/** A key file of keygen, or the bare key in base64 as the service's API gives it. */
function publicKeyOf(text: string): Uint8Array | undefined {
  if (!text.startsWith('{')) return fromBase64url(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  try {
    const { publicKey } = JSON.parse(text) as Partial<KeyFile>;
    return typeof publicKey === 'string' ? publicKeyOf(publicKey) : undefined;
  } catch {
    return undefined;
  }
}

async function writeNew(path: string, content: KeyFile, mode: number): Promise<void> {
  try {
    const handle = await open(path, 'wx', mode);
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
    await handle.close();
  } catch (cause) {
    const exists = errnoOf(cause) === 'EEXIST';
    throw new CommandError('file_unwritable', exists ? `${path} exists already` : `cannot write ${path}`, {
      cause,
      hint: exists ? 'a key is never overwritten; choose another --output' : errnoOf(cause),
    });
  }
}
