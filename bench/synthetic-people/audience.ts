// The audience the demo asks for, counted by reading the rows: raincoat more than a year ago, hiking, no open complaint.
import type { OsecRow } from './osec.ts';
import type { RandoRow } from './rando.ts';
import type { TrueRecord } from './records.ts';
import type { Persons, TruePair } from './truth.ts';

export interface TrueAudience {
  /** Matched persons in the segment. */
  readonly matched: number;
  /** Of these, persons whose every record, on both sides, agrees to advertising at Xandr. */
  readonly consented: number;
  /** Of these, persons with at least one Xandr id. */
  readonly reachable: number;
  /** Xandr ids that leave: the first of each reachable person, each once. */
  readonly activationIds: number;
}

export function trueAudience(exchange: {
  pairs: readonly TruePair[];
  osec: readonly TrueRecord<OsecRow>[];
  rando: readonly TrueRecord<RandoRow>[];
  leftPersons: Persons;
  rightPersons: Persons;
  raincoatBefore: string;
}): TrueAudience {
  const ids = new Set<string>();
  const counts = { matched: 0, consented: 0, reachable: 0 };
  for (const { left, right } of exchange.pairs) {
    const customers = exchange.leftPersons.rowsOfPerson[left]!.map((index) => exchange.osec[index]!.row);
    const visitors = exchange.rightPersons.rowsOfPerson[right]!.map((index) => exchange.rando[index]!.row);
    if (!isSelected(customers, visitors, exchange.raincoatBefore)) continue;
    counts.matched += 1;
    if (![...customers, ...visitors].every(({ purposes }) => agrees(purposes))) continue;
    counts.consented += 1;
    const xandrIds = visitors.map((row) => row.xandr_id).filter((id) => id !== '');
    const [first] = xandrIds.toSorted();
    if (first === undefined) continue;
    counts.reachable += 1;
    ids.add(first);
  }
  return { ...counts, activationIds: ids.size };
}

/** Of several records of a person: the latest date, any open complaint, the activity of the last row that has one. */
function isSelected(customers: readonly OsecRow[], visitors: readonly RandoRow[], raincoatBefore: string): boolean {
  const raincoats = customers.map((row) => row.last_raincoat).filter((day) => day !== '');
  const lastRaincoat = raincoats.sort().at(-1);
  const activity = visitors.findLast((row) => row.activity !== '')?.activity;
  const complains = customers.some((row) => row.complaint === 'true');
  return lastRaincoat !== undefined && lastRaincoat < raincoatBefore && activity === 'hiking' && !complains;
}

function agrees(purposes: string): boolean {
  return purposes.split(/[;,| ]+/).includes('advertising@xandr');
}
