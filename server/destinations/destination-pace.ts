// One batch goes out at a time to one account of a platform, each so long after the one before, whichever worker sends it. The turn
// is a row that is leased: whoever dies with it delays the others by a lease, and breaks no platform's limit.
import { createHash, randomUUID } from 'node:crypto';
import type { Destination } from '../../connectors/kit/define-destination.ts';
import { type Pace, Pacer, type Turn } from '../../connectors/kit/pacer.ts';
import { type Clock, instantAfter, instantOf } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { asTenant } from '../database/row-scope.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import type { ConfiguredDestination } from './destination.ts';
import { PACE_LEASE_MS, PACE_LOOK_MS, PACE_RENEWAL_MS, PACE_WANT_MS } from './limits.ts';

const TABLE = 'destination_paces';

interface PaceRow {
  tenant_id: string;
  account: string;
  free_from: string;
  held_by: string | null;
  held_until: string;
  wanted_by: string | null;
  wanted_until: string;
}

interface PaceOptions {
  readonly db: Database;
  /** Of the leases. The intervals are by the clock of the delivery. */
  readonly clock: Clock;
  readonly tenantId: string;
  readonly account: string;
  /** Where no other process delivers, one that holds a turn is this one before it died. */
  readonly isAlone: boolean;
  readonly process?: string;
}

/** The platform's account where the destination says by what it is known; else the destination itself. */
export function accountOf(
  declared: Pick<Destination, 'accountSettings'>,
  { id, kind, settings }: Pick<ConfiguredDestination, 'id' | 'kind' | 'settings'>,
): string {
  const names = declared.accountSettings;
  const about = names === undefined ? id : JSON.stringify([kind, ...names.map((name) => settings[name] ?? null)]);
  return createHash('sha256').update(about).digest('hex');
}

export class DestinationPace implements Pace {
  readonly #options: PaceOptions;
  readonly #process: string;
  /** Those of this process come in the order in which they ask. */
  readonly #own = new Pacer();

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#process = options.process ?? randomUUID();
  }

  inTurn<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    return this.#own.inTurn({ ...turn, minIntervalMs: 0 }, () => this.#leased(turn, work));
  }

  async #leased<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    const { clock, signal } = turn;
    for (;;) {
      signal.throwIfAborted();
      const waitMs = await this.#take(turn);
      if (waitMs === 0) break;
      await clock.sleep(waitMs, signal);
    }
    const renewal = setInterval(() => void this.#renew(turn).catch(() => undefined), PACE_RENEWAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // What was sent is sent: a turn that could not be given back runs out.
      await this.#change({ held_by: null, free_from: freeFrom(turn) }).catch(() => undefined);
    }
  }

  /** 0 when it is ours; otherwise how long to wait before looking again. */
  #take(turn: Turn): Promise<number> {
    const { db, clock, tenantId, account, isAlone } = this.#options;
    const me = this.#process;
    return asTenant(tenantId, () =>
      writeTransaction(db, async (trx) => {
        const now = instantOf(clock);
        const place = { tenant_id: tenantId, account };
        const unheld = { held_by: null, held_until: now, wanted_by: null, wanted_until: now };
        const unused: PaceRow = { ...place, ...unheld, free_from: new Date(turn.clock.now()).toISOString() };
        await trx<PaceRow>(TABLE).insert(unused).onConflict(['tenant_id', 'account']).ignore();
        // PostgreSQL: nobody else decides on this row before this transaction ends.
        const row = (await trx<PaceRow>(TABLE).where(place).forUpdate().first()) ?? unused;
        const isOthers = (by: string | null, until: string) => by !== null && by !== me && !isAlone && until > now;
        const leftMs = Date.parse(row.free_from) - turn.clock.now();
        const isHeld = isOthers(row.held_by, row.held_until);
        const isWanted = isOthers(row.wanted_by, row.wanted_until);
        if (!isHeld && leftMs <= 0 && !isWanted) {
          const unwanted = row.wanted_by === me ? { wanted_by: null } : {};
          await trx<PaceRow>(TABLE)
            .where(place)
            .update({ ...unwanted, held_by: me, held_until: this.#after(PACE_LEASE_MS), free_from: freeFrom(turn) });
          return 0;
        }
        if (!isWanted) {
          await trx<PaceRow>(TABLE)
            .where(place)
            .update({ wanted_by: me, wanted_until: this.#after(PACE_WANT_MS) });
        }
        return Math.max(isHeld || isWanted ? PACE_LOOK_MS : 1, Math.min(leftMs, PACE_WANT_MS / 2));
      }),
    );
  }

  /** The interval begins anew with each renewal: of a worker that dies, nobody knows when its batch was through. */
  #renew(turn: Turn): Promise<void> {
    return this.#change({ held_until: this.#after(PACE_LEASE_MS), free_from: freeFrom(turn) });
  }

  /** Nothing, where the turn has become another's meanwhile. */
  async #change(change: Partial<PaceRow>): Promise<void> {
    const { db, tenantId, account } = this.#options;
    const mine = { tenant_id: tenantId, account, held_by: this.#process };
    await asTenant(tenantId, () => writeTransaction(db, (trx) => trx<PaceRow>(TABLE).where(mine).update(change)));
  }

  #after(durationMs: number): string {
    return instantAfter(this.#options.clock, durationMs);
  }
}

const freeFrom = ({ clock, minIntervalMs }: Turn): string => new Date(clock.now() + minIntervalMs).toISOString();
