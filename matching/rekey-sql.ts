// Re-keying as the engine computes it: decrypt the block under the old key, encrypt it under the new one. Both keys are
// bound as hex text; neither is ever part of a query.
import type { Params } from './engine/engine.ts';

// The engine pads: a whole block gets a second, constant block behind it, which `decrypt` wants back and which is the
// encryption of an empty text. Only the first sixteen bytes of what `encrypt` gives are the key.
const OLD_KEY = 'unhex({old_key:String})';
const NEW_KEY = 'unhex({new_key:String})';

/** An expression of type FixedString(16), for a column of the same type. */
export function rekeySql(column: string): string {
  const block = `decrypt('aes-256-ecb', concat(${column}, encrypt('aes-256-ecb', '', ${OLD_KEY})), ${OLD_KEY})`;
  return `toFixedString(substring(encrypt('aes-256-ecb', ${block}, ${NEW_KEY}), 1, 16), 16)`;
}

export function rekeyParams(keys: { oldKey: Uint8Array; newKey: Uint8Array }): Params {
  return { old_key: hexKey(keys.oldKey), new_key: hexKey(keys.newKey) };
}

function hexKey(key: Uint8Array): string {
  if (key.length !== 32) throw new Error('a key of the engine has 32 bytes');
  return Buffer.from(key).toString('hex');
}
