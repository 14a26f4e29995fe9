// The members that bidders are answered from, of one destination: they rest here, so that they go with it.
import { join } from 'node:path';
import { validateSettings } from '../../connectors/kit/define-destination.ts';
import { openrtb } from '../../connectors/openrtb/destination.ts';
import { memberFile, removeMembers } from '../../connectors/openrtb/member-file.ts';
import type { OpenrtbCredentials, OpenrtbSettings } from '../../connectors/openrtb/settings.ts';
import { type ConfiguredDestination, credentialsKey } from '../destinations/destination.ts';
import type { Ground } from '../ground.ts';

export async function openBidderDestination(ground: Ground, destination: ConfiguredDestination) {
  const { key } = await ground.keys.getKey(credentialsKey(destination));
  const given = { settings: destination.settings, credentials: JSON.parse(Buffer.from(key).toString('utf8')) };
  const { settings, credentials } = validateSettings(openrtb as never, given);
  return {
    settings: settings as unknown as OpenrtbSettings,
    credentials: credentials as unknown as OpenrtbCredentials,
    exportRoot: join(ground.config.dataDir, 'exports', destination.tenantId),
  };
}

/** To be called while the credentials are there; what it answers destroys the members. Nothing for other kinds, or before a delivery. */
export async function memberRemoval(ground: Ground, destination: ConfiguredDestination): Promise<() => Promise<void>> {
  if (destination.kind !== openrtb.kind) return async () => undefined;
  const { settings, credentials, exportRoot } = await openBidderDestination(ground, destination);
  const path = await memberFile(exportRoot, { settings, signingKey: credentials.signing_key }).catch(() => undefined);
  return async () => {
    if (path !== undefined) await removeMembers(path);
  };
}
