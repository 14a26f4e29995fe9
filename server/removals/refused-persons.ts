// Of persons of a dataset version, those whom the next release would refuse: decided as a release decides, from all that is on record
// of them, so that one consent that ran out takes nobody out whom another one still lets go.
import { iabVendorsOf } from '../../connectors/kit/define-destination.ts';
import { findDestination } from '../../connectors/registry.ts';
import { writeDecisions } from '../../matching/distribute-consent.ts';
import { dropSelection } from '../../matching/distribute-delta.ts';
import type { PersonsOf } from '../../matching/removal-candidates.ts';
import { selectionTables } from '../../matching/tables.ts';
import { decidedOnce, type Transfer } from '../../policies/consent.ts';
import { instantOf } from '../clock.ts';
import { evidenceOfSide } from '../consents/evidence-at-release.ts';
import { getSide } from '../deliveries/delivery-sides.ts';
import { decideSide } from '../deliveries/person-decisions.ts';
import { destinations } from '../destinations/destination.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { Reached, RemovalTarget } from './removal-targets.ts';

type Refused = NonNullable<PersonsOf['refused']>;

export class RefusedPersons {
  readonly #ground: WorkerGround;
  readonly #selections: string[] = [];

  constructor(ground: WorkerGround) {
    this.#ground = ground;
  }

  /** For one purpose of what was delivered from a reached dataset. The tables stay until `close`. */
  async find(of: { target: RemovalTarget; reach: Reached; version: string; purpose: string }): Promise<Refused> {
    const { engine } = this.#ground;
    const { target, reach, version, purpose } = of;
    const selection = newId('rmv');
    this.#selections.push(selection);
    const { decisions } = selectionTables(selection);
    await engine.createTable(decisions);
    const place = { side: 'left', datasetId: reach.datasetId, version, contribution: undefined } as const;
    const side = await getSide(this.#ground.db.knex, place);
    const transfer = await this.#transferOf(target, reach, { purpose, tenantId: side.tenantId });
    const classes = await evidenceOfSide(this.#ground, { selection, side, transfer, others: [] });
    const set = decidedOnce(this.#ground.policies.boundBy(transfer.boundBy ?? []));
    const asked = { side, classes, selectionId: selection, transfer, told: undefined, set };
    const decided = await decideSide(this.#ground, asked);
    await writeDecisions(
      engine,
      { decisions },
      decided.map(({ verdict }) => verdict),
    );
    const evidenceOf = classes === undefined ? undefined : selection;
    return { selection, people: { side: 'left', version, evidenceOf } };
  }

  async close(): Promise<void> {
    for (const selection of this.#selections) await dropSelection(this.#ground.engine, selection);
  }

  async #transferOf(
    target: RemovalTarget,
    { through }: Reached,
    { purpose, tenantId }: { purpose: string; tenantId: string },
  ): Promise<Transfer> {
    const { destinationKind } = target;
    const { settings } = await destinations.get(this.#ground.db.knex, target.destinationId);
    const declared = findDestination(destinationKind);
    return {
      purpose,
      destinationKind,
      instant: instantOf(this.#ground.clock),
      vendors: declared === undefined ? [] : iabVendorsOf(declared, settings),
      boundBy: [...new Set([tenantId, ...(through === undefined ? [] : [through.partner.tenantId])])],
    };
  }
}
