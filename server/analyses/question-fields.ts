// Which fields of a request each analysis takes. A field that an analysis has no use for is refused, so that nobody believes it heard.
import type { Analysis, RunRequest } from '../../openapi/generated/api.ts';
import { ServiceError } from '../errors.ts';

type Field = Exclude<keyof RunRequest, 'analysis'>;

const FIELDS: Readonly<Record<Analysis, { readonly needed: readonly Field[]; readonly optional: readonly Field[] }>> = {
  overlap: { needed: [], optional: ['match_id', 'contribution_ids', 'by_identifier'] },
  profile: { needed: ['match_id', 'breakdown'], optional: ['segment', 'segment_text', 'index'] },
  'reach-frequency': { needed: ['match_id', 'events', 'max_frequency'], optional: ['period'] },
  conversion: {
    needed: ['match_id', 'exposures', 'purchases', 'window_days'],
    optional: ['revenue_attribute', 'revenue_clamp', 'group_by', 'period'],
  },
  attribution: {
    needed: ['match_id', 'touches', 'channel_attribute', 'purchases', 'window_days', 'model'],
    optional: ['period'],
  },
  'segment-size': { needed: ['match_id'], optional: ['segment', 'segment_text'] },
};

/** Throws `request_invalid` with every field that is missing or of no use. */
export function assertFields(request: RunRequest): void {
  const { needed, optional } = FIELDS[request.analysis];
  const given = (Object.keys(request) as (keyof RunRequest)[]).filter((name): name is Field => name !== 'analysis');
  const errors = [
    ...needed
      .filter((name) => !given.includes(name))
      .map((name) => ({ pointer: `/${name}`, message: `${request.analysis} needs this.` })),
    ...given
      .filter((name) => !needed.includes(name) && !optional.includes(name))
      .map((name) => ({ pointer: `/${name}`, message: `${request.analysis} has no use for this.` })),
    ...oneOf(request, request.analysis === 'overlap' ? ['match_id', 'contribution_ids'] : []),
    ...oneOf(request, request.analysis === 'segment-size' ? ['segment', 'segment_text'] : []),
  ];
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}

function oneOf(request: RunRequest, names: readonly Field[]) {
  if (names.length === 0 || names.filter((name) => request[name] !== undefined).length === 1) return [];
  return [{ pointer: `/${names[0]}`, message: `Give one of ${names.join(' and ')}.` }];
}
