// What a connector is run with: the destination's settings, its credentials unwrapped for this call, and the way out.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../connectors/kit/clock.ts';
import type { DeliverOptions } from '../../connectors/kit/deliver.ts';
import { findDestination } from '../../connectors/registry.ts';
import type { Ground } from '../ground.ts';
import { type ConfiguredDestination, credentialsKey } from './destination.ts';
import { accountOf, DestinationPace } from './destination-pace.ts';

type ConnectorOptions = Pick<
  DeliverOptions,
  'settings' | 'credentials' | 'network' | 'exportRoot' | 'clock' | 'random' | 'signal' | 'pacer'
>;

/** Of this worker, by account: its deliveries come one after the other before any other worker is asked. */
const paces = new Map<string, DestinationPace>();

/** Every address, private ones too: an operator's choice, for trials against a sandbox. */
export const ANY_ADDRESS = ['0.0.0.0/0', '::/0'];

export async function connectorOptions(
  ground: Ground,
  destination: ConfiguredDestination,
  signal: AbortSignal,
): Promise<ConnectorOptions> {
  const { key } = await ground.keys.getKey(credentialsKey(destination));
  // Each tenant writes below a folder of its own; connectors never make it, since it may be a share that is not mounted.
  const exportRoot = join(ground.config.dataDir, 'exports', destination.tenantId);
  const pacer = paceOf(ground, destination);
  await mkdir(exportRoot, { recursive: true, mode: 0o750 });
  return {
    settings: destination.settings,
    credentials: JSON.parse(Buffer.from(key).toString('utf8')),
    network: ground.config.allowPrivateDestinations ? { allowedAddresses: ANY_ADDRESS } : {},
    exportRoot,
    clock: systemClock,
    random: Math.random,
    signal,
    pacer,
  };
}

function paceOf({ db, clock, config }: Ground, destination: ConfiguredDestination): DestinationPace {
  const { tenantId } = destination;
  const account = accountOf(findDestination(destination.kind) ?? {}, destination);
  const known = paces.get(`${tenantId} ${account}`);
  if (known !== undefined) return known;
  // The embedded engine allows one worker.
  const pace = new DestinationPace({ db, clock, tenantId, account, isAlone: config.clickhouseUrls.length === 0 });
  paces.set(`${tenantId} ${account}`, pace);
  return pace;
}
