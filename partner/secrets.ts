// Where salts and keys come from: a file, the environment or a prompt. Never argv, which every user of the machine can read.
import { readFile, stat } from 'node:fs/promises';
import { CommandError, interrupted } from './command-error.ts';
import { MAX_SALT_BYTES } from './limits.ts';
import type { Terminal } from './terminal.ts';

export interface SecretSource {
  /** What the secret is called in messages. */
  readonly name: 'salt' | 'API key';
  readonly file?: string;
  readonly fileOption: string;
  readonly variable: string;
}

/** The secret, or undefined when no place has one. Throws salt_invalid or key_invalid for an empty or odd one. */
export async function findSecret(source: SecretSource, terminal: Terminal): Promise<string | undefined> {
  if (source.file !== undefined) return checked(await readSecretFile(source.file, source), source);
  const value = terminal.env[source.variable];
  return value === undefined || value === '' ? undefined : checked(value, source);
}

/** As findSecret, and asks on a terminal. `mayPrompt` is false where standard input carries data or --json was given. */
export async function getSecret(source: SecretSource, terminal: Terminal, mayPrompt: boolean): Promise<string> {
  const found = await findSecret(source, terminal);
  if (found !== undefined) return found;
  if (mayPrompt && terminal.stdin.isTTY && terminal.stderr.isTTY) return checked(await ask(source), source);
  throw new CommandError(source.name === 'salt' ? 'salt_missing' : 'api_key_missing', `no ${source.name} was given`, {
    hint: `use ${source.fileOption} <file> or the environment variable ${source.variable}`,
  });
}

async function readSecretFile(path: string, source: SecretSource): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SALT_BYTES) throw invalid(source, `${path} is too large for a ${source.name}`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('file_unreadable', `cannot read the ${source.name} file ${path}`, { cause });
  }
}

/** A text editor's line end and byte order mark are not part of the secret. Anything else inside is kept as it is. */
function checked(raw: string, source: SecretSource): string {
  const value = raw.replace(/^\u{feff}/u, '').replace(/[\r\n]+$/, '');
  if (value.trim() === '') throw invalid(source, `the ${source.name} is empty`);
  if (/[\p{Cc}\u{fffd}]/u.test(value)) throw invalid(source, `the ${source.name} must be one line of UTF-8 text`);
  return source.name === 'API key' ? value.trim() : value;
}

function invalid(source: SecretSource, message: string): CommandError {
  return new CommandError(source.name === 'salt' ? 'salt_invalid' : 'key_invalid', message);
}

async function ask(source: SecretSource): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: `The ${source.name}:`, output: process.stderr });
  if (isCancel(answer)) throw interrupted();
  return answer;
}
