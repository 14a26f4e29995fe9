// The exchange of Osec and Rando+ on the service of a browser test, as far as their members need not sign in to the console for it:
// both files loaded, contributed and matched, the first figures released, and a seat at the Xandr sandbox to deliver to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureXandr, type XandrSeat } from '../../bench/demo/activate.ts';
import { openRoom, type Room, TERMS_FOR_SMALL_FILES } from '../../bench/demo/collaborate.ts';
import { type Conversion, measureConversion } from '../../bench/demo/conversion.ts';
import { prepareFiles } from '../../bench/demo/files.ts';
import { type Onboarded, onboard } from '../../bench/demo/onboard.ts';
import { buildPartnerProgram } from '../../bench/demo/partner.ts';
import { openSeat, SANDBOX_SEAT } from '../../bench/demo/seat.ts';
import type { BrowserWorld } from './browser-world.ts';

/** Few enough to be quick, enough for an audience of a hundred. */
const CRM_ROWS = 4_000;

/** What the service of the world must be started with. */
export const EXCHANGE_ENV = { ECLUSE_ALLOW_PRIVATE_DESTINATIONS: 'true' };

export interface Exchange {
  /** What became of Osec's file. */
  readonly crm: Onboarded;
  readonly room: Room;
  readonly conversion: Conversion;
  /** The text of the segment that the story is about. */
  readonly segment: string;
  readonly seat: XandrSeat;
  readonly destinationId: string;
  close(): Promise<void>;
}

export async function playExchange({ service, organisations }: BrowserWorld): Promise<Exchange> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-exchange-'));
  const { osec, rando } = organisations;
  const prepared = prepareFiles(folder, CRM_ROWS);
  await buildPartnerProgram();
  const crm = await onboard(service, osec, prepared.osec, prepared.exchange.osec.schema);
  const visitors = await onboard(service, rando, prepared.rando, prepared.exchange.rando.schema);
  const room = await openRoom(
    {
      organisation: osec,
      datasetId: crm.datasetId,
      alias: 'osec',
      filterAttributes: ['last_raincoat', 'complaint', 'loyalty', 'region'],
      breakdownAttributes: ['loyalty'],
    },
    {
      organisation: rando,
      datasetId: visitors.datasetId,
      alias: 'rando',
      filterAttributes: ['activity', 'last_rental'],
      breakdownAttributes: [],
    },
    TERMS_FOR_SMALL_FILES,
  );
  const conversion = await measureConversion(service, { prepared, osec, rando, ...room });
  const seat = await openSeat(folder);
  const ownSeat = { ...SANDBOX_SEAT, url: seat.url };
  const destinationId = await configureXandr(osec, ownSeat);
  const close = async () => {
    await seat.child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { segment: prepared.exchange.segment, crm, room, conversion, seat: ownSeat, destinationId, close };
}
