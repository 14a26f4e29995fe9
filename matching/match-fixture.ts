// Test fixture: opens the lock by a decision of the real policies, to see what was counted.
import { release, type Unreleased } from '../policies/release.ts';
import { sampleRecordedAllow } from '../policies/testing/sample-decisions.ts';
import type { MatchCounts } from './match.ts';

export function countsOf(counts: Unreleased<MatchCounts>): MatchCounts {
  return release(counts, sampleRecordedAllow()).value;
}
