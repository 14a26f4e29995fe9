// Contribution bounding: a person counts in at most m cells of a metric. Which ones is chosen by a keyed hash of the link's key
// and the cell, so that the choice is the same in every run, and nobody else's coming or going changes it.
import type { Params } from '../engine/engine.ts';
import { AnalysisError, type Bounding } from './analysis.ts';
import { MAX_COUNT_PER_GROUP, MAX_GROUPS_PER_PERSON, MIN_BOUNDING_KEY_BYTES } from './limits.ts';

/** Throws AnalysisError for bounds out of their limits. */
export function requireBounding({ key, maxGroups, perGroup }: Bounding): void {
  const fits = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (key.length < MIN_BOUNDING_KEY_BYTES) throw new Error('the key of the bounding is too short');
  if (fits(maxGroups, MAX_GROUPS_PER_PERSON) && fits(perGroup, MAX_COUNT_PER_GROUP)) return;
  throw new AnalysisError('question_invalid', { pointer: '', hint: 'a person counts in one group and once at least' });
}

/**
 * The rows of `grouped` (`link_key`, `cell` Nullable(String), …), at most m of each link. Unknown is a cell like any other;
 * a byte before the label keeps it apart from every label.
 */
export function boundedSql(grouped: string): string {
  const said = `concat(link_key, if(isNull(cell), '0', concat('1', assumeNotNull(cell))))`;
  return `SELECT * FROM (${grouped})
    ORDER BY HMAC('sha256', ${said}, unhex({bounding_key:String})) LIMIT {max_groups:UInt32} BY link_key`;
}

export function boundingParams({ key, maxGroups }: Bounding): Params {
  return { bounding_key: Buffer.from(key).toString('hex'), max_groups: maxGroups };
}
