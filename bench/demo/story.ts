// The exchange from beginning to end, each step by the one whose role it is. What it found out goes to the report.
import { join } from 'node:path';
import { activateAudience } from './activate.ts';
import { lookIntoChamber } from './chamber.ts';
import { openRoom } from './collaborate.ts';
import { prepareFiles } from './files.ts';
import { onboard } from './onboard.ts';
import { outcomeOf } from './outcome.ts';
import { buildPartnerProgram } from './partner.ts';
import { collectProofs, KEY_FILE, proofsHold } from './proofs.ts';
import type { ReportFacts } from './report.ts';
import { openSeat, SANDBOX_SEAT } from './seat.ts';
import { startService } from './service.ts';
import { foundOrganisations } from './tenants.ts';

export interface Told {
  /** Says which step is under way. */
  (step: string): void;
}

const OSEC_FILTERS = ['last_raincoat', 'complaint', 'loyalty', 'region'];
const RANDO_FILTERS = ['activity', 'last_rental'];

export async function playExchange(folder: string, rows: number, tell: Told): Promise<ReportFacts> {
  const startedAt = performance.now();
  tell('inventing the people of both files');
  const prepared = prepareFiles(join(folder, 'partners'), rows);
  await buildPartnerProgram();
  tell('starting the service and the Xandr sandbox');
  const seat = await openSeat(folder);
  const service = await startService(folder).catch(async (error) => {
    await seat.child.stop();
    throw error;
  });
  try {
    const { osec, rando } = await foundOrganisations(service, { osec: 'Osec', rando: 'Rando+' });
    tell('Osec hashes, uploads and loads its customers');
    const crm = await onboard(service, osec, prepared.osec, prepared.exchange.osec.schema);
    tell('Rando+ hashes, uploads and loads its visitors');
    const visitors = await onboard(service, rando, prepared.rando, prepared.exchange.rando.schema);
    tell('both contribute; the chamber matches');
    const room = await openRoom(
      { organisation: osec, datasetId: crm.datasetId, alias: 'osec', filterAttributes: OSEC_FILTERS },
      { organisation: rando, datasetId: visitors.datasetId, alias: 'rando', filterAttributes: RANDO_FILTERS },
    );
    tell('the audience is built, approved and delivered');
    const { segment } = prepared.exchange;
    const activated = await activateAudience({
      osec,
      rando,
      ...room,
      segment,
      seat: { ...SANDBOX_SEAT, url: seat.url },
    });
    tell('collecting the proofs');
    const [osecApproval = null, randoApproval = null] = activated.approvalReceiptEventIds;
    const proofs = await collectProofs(
      service,
      osec.officer,
      [
        {
          name: 'osec-load',
          proves: 'Osec’s file was loaded and destroyed',
          eventId: crm.load.receipt_event_id,
          reader: osec.officer,
        },
        {
          name: 'rando-load',
          proves: 'Rando+’s file was loaded and destroyed',
          eventId: visitors.load.receipt_event_id,
          reader: rando.officer,
        },
        {
          name: 'overlap',
          proves: 'the overlap was released by decision',
          eventId: room.runReceiptEventId,
          reader: osec.officer,
        },
        {
          name: 'osec-approval',
          proves: 'Osec’s officer approved these terms',
          eventId: osecApproval,
          reader: osec.officer,
        },
        {
          name: 'rando-approval',
          proves: 'Rando+’s officer approved these terms',
          eventId: randoApproval,
          reader: rando.officer,
        },
        {
          name: 'delivery',
          proves: 'what was delivered, and by which policies',
          eventId: activated.delivery.receipt_event_id,
          reader: osec.officer,
        },
      ],
      join(folder, 'proofs'),
    );
    tell('stopping the service; verifying offline');
    await service.child.stop();
    const verified = await proofsHold(proofs);
    const chamber = await lookIntoChamber(service.dataFolder, {
      ...room,
      ...activated,
      osecDatasetId: crm.datasetId,
      randoDatasetId: visitors.datasetId,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const outcome = outcomeOf({ prepared, crm, visitors, room, activated, chamber, proofs, verified, seconds });
    return {
      outcome,
      files: {
        osec: { rows: crm.hashed.received, kept: crm.hashed.rejected, persons: crm.load.persons },
        rando: { rows: visitors.hashed.received, kept: visitors.hashed.rejected, persons: visitors.load.persons },
      },
      overlap: room.overlap,
      matchRate: room.matchRate,
      segment: { text: segment, description: activated.segmentDescription },
      proofsFolder: proofs.folder,
      proofs: proofs.files,
      verifyCommand: `npx ecluse-partner verify delivery.tlog-proof --key-file ${KEY_FILE}`,
    };
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nThe service said:\n${service.child.said()}`;
    throw error;
  } finally {
    await Promise.all([service.child.stop(), seat.child.stop()]);
  }
}
