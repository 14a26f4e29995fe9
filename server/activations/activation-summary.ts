// What an approver is asked, in plain language: who would be reached, where, for what.
import { describeSegment } from '../../matching/segment-describe.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';
import type { AudienceGrounds } from './activation-grounds.ts';

export function activationSummary(asked: {
  grounds: AudienceGrounds;
  destination: ConfiguredDestination;
  purpose: string;
  /** Names of what is left out. */
  excluding: readonly string[];
}): string {
  const { grounds, destination, purpose, excluding } = asked;
  const who = describeSegment(grounds.segment.expression, [], { locale: 'en' });
  const from =
    grounds.matched === undefined
      ? 'an own dataset'
      : `the persons matched between ${grounds.matched.left.alias} and ${grounds.matched.right.alias}`;
  return `Deliver the audience "${grounds.audience.name}" (${who}), out of ${from}, to ${destination.name} (${destination.kind}, ${destination.region}) for ${purpose}${
    excluding.length === 0 ? '' : `, leaving out ${excluding.join(' and ')}`
  }.`;
}
