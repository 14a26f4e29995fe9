// What a new password must be: long, and none that guessers try first. Nothing is asked of its composition.
// frequent-passwords.txt: the first 10,000 of @zxcvbn-ts/language-common (MIT), which are in order of how often they were found in leaks.
import { readFileSync } from 'node:fs';
import { ServiceError } from '../errors.ts';
import { MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from './limits.ts';

export interface PasswordPlace {
  /** JSON pointer of the field. */
  readonly pointer: string;
  /** The member's name, email and login: the first that a guesser tries. */
  readonly names: readonly (string | null)[];
}

/** Throws `password_unfit`. */
export function assertFitPassword(password: string, { pointer, names }: PasswordPlace): void {
  const fault = faultOf(password, names);
  if (fault === undefined) return;
  throw new ServiceError('password_unfit', { detail: fault, errors: [{ pointer, message: fault }] });
}

function faultOf(password: string, names: readonly (string | null)[]): string | undefined {
  const length = [...password.normalize('NFKC')].length;
  if (length < MIN_PASSWORD_CHARACTERS)
    return `A password has at least ${MIN_PASSWORD_CHARACTERS} characters: a few words in a row do well.`;
  if (length > MAX_PASSWORD_CHARACTERS) return `A password has at most ${MAX_PASSWORD_CHARACTERS} characters.`;
  if (isOftenUsed(password)) return 'This password is among the 10,000 most common ones. Choose another.';
  const key = nameKey(password);
  if (names.some((name) => name !== null && nameKey(name) === key))
    return 'A password must not be your own name. Choose another.';
  return undefined;
}

let oftenUsed: ReadonlySet<string> | undefined;

/** A common one, also several times in a row, whatever its case. */
export function isOftenUsed(password: string): boolean {
  oftenUsed ??= new Set(
    readFileSync(new URL('frequent-passwords.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  const text = password.normalize('NFKC').toLowerCase();
  if (oftenUsed.has(text)) return true;
  const unit = /^(.+?)\1+$/su.exec(text)?.[1];
  return unit !== undefined && (oftenUsed.has(unit) || [...unit].length === 1);
}

/** Names and logins are compared without case, in one Unicode form. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
