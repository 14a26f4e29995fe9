// What an erasure tells: from how much persons were taken out. That one stood in a match, or had been delivered, would tell that a
// partner has the person, too; so there it is told where persons were looked for, and not whether any were there.
import type { ErasureCounts } from '../../matching/erase/erasure.ts';
import type { ErasureReport } from '../../openapi/generated/api.ts';

/** Everything that persons of a tenant with collaborations may stand in, found there or not. */
export interface PartnersPlaces {
  readonly matches: number;
  readonly audiences: number;
}

export function erasureReport(
  counts: ErasureCounts,
  places: PartnersPlaces | undefined,
): Omit<ErasureReport, 'staged_files' | 'tombstones' | 'consent_records'> {
  return {
    persons: counts.persons,
    dataset_versions: counts.versions,
    contributions: counts.contributions,
    matches: places?.matches ?? counts.matches,
    audiences: places?.audiences ?? counts.audiences,
    suppression_entries: counts.suppressionEntries,
    delivered_ids: places === undefined ? counts.deliveredIds : null,
  };
}
