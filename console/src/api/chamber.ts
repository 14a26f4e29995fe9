// What a collaboration is made of, read together: itself, what its members contributed, and the matches of those.
import type { Collaboration, Contribution, Match } from '../../../openapi/generated/api.ts';
import { answered, api, everyItem } from './client.ts';
import { type Resource, useResource } from './resource.ts';

export interface Chamber {
  readonly collaboration: Collaboration;
  readonly contributions: readonly Contribution[];
  /** The newest first. */
  readonly matches: readonly Match[];
}

const WHILE_MATCHING_MS = 2000;

export function useChamber(collaborationId: string): Resource<Chamber> {
  return useResource(() => readChamber(collaborationId), [collaborationId], {
    again: ({ contributions, matches }) => {
      const isUnderWay =
        contributions.some(({ status }) => status === 'contributing') ||
        matches.some(({ status }) => status === 'queued' || status === 'running');
      return isUnderWay ? WHILE_MATCHING_MS : undefined;
    },
  });
}

export async function readChamber(collaborationId: string): Promise<Chamber> {
  const path = { collaboration_id: collaborationId };
  const [collaboration, contributions, matches] = await Promise.all([
    answered(api.GET('/v1/collaborations/{collaboration_id}', { params: { path } })),
    everyItem((cursor) =>
      api.GET('/v1/collaborations/{collaboration_id}/contributions', { params: { path, query: pageFrom(cursor) } }),
    ),
    everyItem((cursor) =>
      api.GET('/v1/collaborations/{collaboration_id}/matches', { params: { path, query: pageFrom(cursor) } }),
    ),
  ]);
  return { collaboration, contributions, matches };
}

export function pageFrom(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}

/** The two sides of a match by their names in it. */
export function matchName({ contributions }: Chamber, match: Match): string {
  const alias = (id: string): string => contributions.find((one) => one.id === id)?.alias ?? '?';
  return `${alias(match.left_contribution_id)} × ${alias(match.right_contribution_id)}`;
}

export function readyMatches({ matches }: Chamber): Match[] {
  return matches.filter(({ status }) => status === 'ready');
}
