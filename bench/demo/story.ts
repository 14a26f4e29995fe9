// The exchange from beginning to end, each step by the one whose role it is. What it found out goes to the report.
import { join } from 'node:path';
import { DEFAULT_EXCHANGE } from '../synthetic-people.ts';
import { type Activated, activateAudience } from './activate.ts';
import type { Actor } from './api.ts';

import { lookIntoChamber } from './chamber.ts';
import { openRoom, type Room, TERMS_FOR_SMALL_FILES } from './collaborate.ts';
import { type Conversion, measureConversion } from './conversion.ts';
import { type PreparedExchange, prepareFiles } from './files.ts';
import { clusterGrounds, type Grounds, machineGrounds } from './grounds.ts';
import { type Onboarded, onboard } from './onboard.ts';
import { outcomeOf } from './outcome.ts';
import { buildPartnerProgram } from './partner.ts';
import { type Claim, collectProofs, KEY_FILE, type Proofs, proofsHold } from './proofs.ts';
import type { ReportFacts } from './report.ts';
import { openSeat, SANDBOX_SEAT, type Seat } from './seat.ts';
import { logIsWhole, type Service, startService } from './service.ts';
import { becomeOperator, foundOrganisations, type Organisation } from './tenants.ts';

/** Says which step is under way. */
export type Tell = (step: string) => void;

/** What is left when the story has been told: the sandbox still up, the service off, its data in the folder. */
export interface Ending {
  readonly folder: string;
  readonly grounds: Grounds;
  readonly operator: Actor;
  readonly osec: Organisation;
  readonly rando: Organisation;
}

/** What is done with it before all of it ends. */
export type Encore = (facts: ReportFacts, ending: Ending) => Promise<void>;

interface Stage {
  readonly prepared: PreparedExchange;
  readonly service: Service;
  readonly seat: Seat;
  readonly tell: Tell;
}

interface Played {
  readonly operator: Actor;
  readonly osec: Organisation;
  readonly rando: Organisation;
  readonly crm: Onboarded;
  readonly visitors: Onboarded;
  readonly room: Room;
  readonly activated: Activated;
  readonly conversion: Conversion;
}

const OSEC_FILTERS = ['last_raincoat', 'complaint', 'loyalty', 'region'];
const RANDO_FILTERS = ['activity', 'last_rental'];

export async function playExchange(
  folder: string,
  { rows, cluster }: { rows: number; cluster: boolean },
  tell: Tell,
  encore: Encore,
): Promise<void> {
  const startedAt = performance.now();
  tell('inventing the people of both files');
  const prepared = prepareFiles(join(folder, 'partners'), rows);
  await buildPartnerProgram();
  if (cluster) tell('starting two shards of ClickHouse and PostgreSQL');
  const grounds = cluster ? await clusterGrounds(folder) : machineGrounds(folder);
  try {
    await playOn(grounds, { folder, prepared, tell, startedAt, encore });
  } finally {
    await grounds.close();
  }
}

interface Setting {
  readonly folder: string;
  readonly prepared: PreparedExchange;
  readonly tell: Tell;
  readonly startedAt: number;
  readonly encore: Encore;
}

async function playOn(grounds: Grounds, { folder, prepared, tell, startedAt, encore }: Setting): Promise<void> {
  tell('starting the service and the Xandr sandbox');
  const [seat, service] = await Promise.all([openSeat(folder), startService(folder, grounds)]);
  try {
    const played = await play({ prepared, service, seat, tell });
    tell('collecting the proofs');
    const proofs = await collectProofs(service, played.osec.officer, claimsOf(played), join(folder, 'proofs'));
    tell('stopping the service; verifying offline');
    await service.stop();
    const facts = await lookBack({ prepared, grounds, folder, played, proofs, startedAt });
    await encore(facts, { folder, grounds, ...played });
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nThe service said:\n${service.said()}`;
    throw error;
  } finally {
    await Promise.all([service.stop(), seat.child.stop()]);
  }
}

async function play({ prepared, service, seat, tell }: Stage): Promise<Played> {
  const operator = await becomeOperator(service);
  const { osec, rando } = await foundOrganisations(service, operator, {
    osec: 'Osec',
    rando: 'Rando+',
  });
  tell('both hash their files, upload and load them');
  const [crm, visitors] = await Promise.all([
    onboard(service, osec, prepared.osec, prepared.exchange.osec.schema),
    onboard(service, rando, prepared.rando, prepared.exchange.rando.schema),
  ]);
  tell('both contribute; the chamber matches');
  const room = await openRoom(
    {
      organisation: osec,
      datasetId: crm.datasetId,
      alias: 'osec',
      filterAttributes: OSEC_FILTERS,
      breakdownAttributes: ['loyalty'],
    },
    {
      organisation: rando,
      datasetId: visitors.datasetId,
      alias: 'rando',
      filterAttributes: RANDO_FILTERS,
      breakdownAttributes: [],
    },
    prepared.exchange.osec.records.length < DEFAULT_EXCHANGE.crmRows ? TERMS_FOR_SMALL_FILES : undefined,
  );
  tell('orders and advertisements are contributed; the chamber measures the conversion');
  const conversion = await measureConversion(service, { prepared, osec, rando, ...room });
  tell('the audience is built, approved by both sides and delivered');
  const { segment } = prepared.exchange;
  const activated = await activateAudience({ osec, rando, ...room, segment, seat: { ...SANDBOX_SEAT, url: seat.url } });
  return { operator, osec, rando, crm, visitors, room, activated, conversion };
}

/** The steps that somebody may have to account for. */
function claimsOf({ osec, rando, crm, visitors, room, activated }: Played): Claim[] {
  const [osecApproval = null, randoApproval = null] = activated.approvalReceiptEventIds;
  const claim = (name: string, proves: string, eventId: string | null, { officer }: Organisation): Claim => ({
    name,
    proves,
    eventId,
    reader: officer,
  });
  return [
    claim('osec-load', 'what became of Osec’s file', crm.load.receipt_event_id, osec),
    claim('rando-load', 'what became of Rando+’s file', visitors.load.receipt_event_id, rando),
    claim('overlap', 'the overlap left by decision', room.runReceiptEventId, osec),
    claim('osec-approval', 'Osec’s officer approved these terms', osecApproval, osec),
    claim('rando-approval', 'Rando+’s officer approved these terms', randoApproval, rando),
    claim('delivery', 'what was delivered', activated.delivery.receipt_event_id, osec),
  ];
}

async function lookBack(ended: {
  prepared: PreparedExchange;
  grounds: Grounds;
  folder: string;
  played: Played;
  proofs: Proofs;
  startedAt: number;
}): Promise<ReportFacts> {
  const { prepared, grounds, proofs } = ended;
  const { crm, visitors, room, activated, conversion } = ended.played;
  const verified = (await proofsHold(proofs)) && (await logIsWhole(ended.folder, grounds));
  const datasets = { osecDatasetId: crm.datasetId, randoDatasetId: visitors.datasetId };
  const chamber = await lookIntoChamber(grounds, { ...room, ...activated, ...datasets });
  const seconds = (performance.now() - ended.startedAt) / 1000;
  return {
    outcome: outcomeOf({ prepared, crm, visitors, room, activated, conversion, chamber, proofs, verified, seconds }),
    files: {
      osec: { rows: crm.hashed.received, kept: crm.hashed.rejected, persons: crm.load.persons },
      rando: { rows: visitors.hashed.received, kept: visitors.hashed.rejected, persons: visitors.load.persons },
    },
    overlap: room.overlap,
    interval: room.interval,
    matchRate: room.matchRate,
    profile: room.profile,
    conversion,
    segment: { text: prepared.exchange.segment, description: activated.segmentDescription },
    proofsFolder: proofs.folder,
    proofs: proofs.files,
    verifyCommand: `ecluse-partner verify delivery.tlog-proof --key-file ${KEY_FILE}`,
  };
}
