// What a destination's declaration and settings tell the policies on audiences.
import { checkFields } from '../../connectors/kit/settings.ts';
import { findDestination } from '../../connectors/registry.ts';
import type { AudienceFacts } from '../../policies/audience-release.ts';
import type { ConfiguredDestination } from './destination.ts';

export function destinationFacts({
  kind,
  settings,
}: Pick<ConfiguredDestination, 'kind' | 'settings'>): Pick<AudienceFacts, 'tellsRows' | 'destinationPurposes'> {
  const declared = findDestination(kind);
  if (declared === undefined) return {};
  const served = declared.purposesServed?.(checkFields(declared.settingFields, settings).values);
  return {
    ...(declared.hidesRows ? {} : { tellsRows: true }),
    ...(served === undefined ? {} : { destinationPurposes: served }),
  };
}
