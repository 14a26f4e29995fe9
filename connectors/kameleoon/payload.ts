// Maps of visitors as the Data API takes them, `{"<key>":{"<field>":<value>}}`, and lists of visitors to forget. Pure.
import type { Batch, BatchRules } from '../kit/batches.ts';
import { chunksOf } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_BODY_BYTES, MAX_KEY_LENGTH } from './limits.ts';
import type { KameleoonSettings } from './settings.ts';

export function batchRules(settings: KameleoonSettings): BatchRules {
  const besideIdBytes = Buffer.byteLength(addedMap(settings)) + Buffer.byteLength(settings.key_prefix ?? '') + 8;
  return {
    checkRow: (id) => (isVisitor(id, settings) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => Buffer.byteLength(JSON.stringify(id)) + besideIdBytes,
    maxRows: settings.max_keys_per_request,
    maxBytes: MAX_BODY_BYTES - 2,
    idForm: 'text',
  };
}

/** The body is not checked when it is taken, so a key that the platform would drop must not be sent. */
function isVisitor(id: string, { key_prefix = '' }: KameleoonSettings): boolean {
  return (
    id.trim() !== '' && key_prefix.length + id.length <= MAX_KEY_LENGTH && !/\p{Cc}/u.test(id) && id.isWellFormed()
  );
}

export function mapsBody(batch: Batch, settings: KameleoonSettings): Buffer[] {
  const added = addedMap(settings);
  const removed = batch.erase ? '{}' : removedMap(settings);
  let separator = '';
  // Written as text: in an object, keys that are numbers would move and one named __proto__ would vanish.
  const row = (id: string, isRemoval: boolean): string => {
    const text = `${separator}${JSON.stringify((settings.key_prefix ?? '') + id)}:${isRemoval ? removed : added}`;
    separator = ',';
    return text;
  };
  return [...chunksOf(batch, { head: '{', row, encoding: 'utf8' }), Buffer.from('}')];
}

/** One visitor code a line. */
export function forgottenBody(batch: Batch): Buffer[] {
  let separator = '';
  const row = (id: string, isRemoval: boolean): string => {
    if (!isRemoval) return '';
    const text = separator + id;
    separator = '\n';
    return text;
  };
  return chunksOf(batch, { row, encoding: 'utf8' });
}

const addedMap = ({ field, value }: KameleoonSettings): string => JSON.stringify({ [field]: value ?? true });

/** Empty: the key goes. Null, in the older documentation: the field goes and what else is in the map stays. */
const removedMap = ({ field, removal }: KameleoonSettings): string =>
  removal === 'field' ? JSON.stringify({ [field]: null }) : '{}';
