// `ecluse destinations audiences <destination>`: what its platform has, and which of them is filled; chosen or made with a flag.
import type { PlatformAudience } from '../../openapi/generated/api.ts';
import { ask, type ServiceFlags, serviceOf } from './service-client.ts';

export interface DestinationAudiencesFlags extends ServiceFlags {
  readonly choose?: string | undefined;
  readonly make?: string | undefined;
  readonly json: boolean;
}

/** Throws before anything is asked where both flags are given. */
export async function showAudiences(
  destination: string,
  flags: DestinationAudiencesFlags,
  given: { env: Readonly<Record<string, string | undefined>>; write: (text: string) => void },
): Promise<void> {
  const { choose, make, json } = flags;
  if (choose !== undefined && make !== undefined) throw new Error('give --choose with an id, or --make with a name');
  const service = serviceOf(flags, given.env);
  const path = `/v1/destinations/${encodeURIComponent(destination)}/audiences`;
  if (choose === undefined && make === undefined) {
    const { items } = await ask<{ items: PlatformAudience[] }>(service, 'GET', path);
    given.write(json ? `${JSON.stringify(items)}\n` : tableOf(items));
    return;
  }
  const wish = choose === undefined ? { name: make } : { id: choose };
  const chosen = await ask<PlatformAudience>(service, 'POST', path, wish);
  given.write(json ? `${JSON.stringify(chosen)}\n` : tableOf([chosen]));
}

function tableOf(audiences: readonly PlatformAudience[]): string {
  if (audiences.length === 0) return 'the platform has no audience yet: make one with --make <name>\n';
  return audiences.map(({ id, name, is_chosen }) => `${is_chosen ? '*' : ' '} ${id}  ${name}\n`).join('');
}
