// First-party evidence as it stands at the instant of a release: every record of the tenant is read anew, joined with the persons of
// the dataset version in the engine, and comes to a class of each person. A withdrawal holds from the very next release.
import { listKeyHolders, writeEvidence } from '../../matching/evidence.ts';
import type { ConsentClass, Transfer } from '../../policies/consent.ts';
import { type EvidenceState, evidenceClass, evidenceState, mergedEvidence } from '../../policies/evidence.ts';
import type { DeliverySide } from '../deliveries/delivery-sides.ts';
import type { WorkerGround } from '../ground.ts';
import { listConsentRecords } from './consent-record.ts';
import { joinedKeys } from './person-keys.ts';

/** What evidence says of a class of persons: for the transfer that is decided, and for each of the others that were asked about. */
export type EvidenceClasses = ReadonlyMap<number, readonly [ConsentClass, ...ConsentClass[]]>;

/** Of whom records were taken away between two readings: nothing is granted. */
const UNREADABLE: ConsentClass = { id: 0, source: 'evidence', grants: [], isReadable: false };

/** The classes by the number that `<selection>_evidence_<side>` holds; undefined where no record speaks of anybody. */
export async function evidenceOfSide(
  ground: WorkerGround,
  of: { selection: string; side: DeliverySide; transfer: Transfer; others: readonly Transfer[] },
): Promise<EvidenceClasses | undefined> {
  let numbered = new Numbered();
  for (const [person, state] of await personsWithEvidence(ground, of))
    numbered.number(person, [evidenceClass(state, of.transfer)]);
  if (numbered.classOfPerson.size === 0) return undefined;
  // One reading for each transfer, so that never more than one state of each person is held.
  for (const other of of.others) {
    const refined = new Numbered();
    const states = await personsWithEvidence(ground, { ...of, transfer: other });
    for (const [person, number] of numbered.classOfPerson) {
      const state = states.get(person);
      const [first, ...more] = numbered.classes.get(number) ?? [UNREADABLE];
      refined.number(person, [first, ...more, state === undefined ? UNREADABLE : evidenceClass(state, other)]);
    }
    numbered = refined;
  }
  const { classes, classOfPerson } = numbered;
  const { scratchDir } = ground;
  await writeEvidence(ground.engine, {
    selection: of.selection,
    side: of.side.side,
    classes: classOfPerson,
    scratchDir,
  });
  return classes;
}

/** Numbers classes from 1 on, in the order in which they are met. */
class Numbered {
  readonly classes = new Map<number, readonly [ConsentClass, ...ConsentClass[]]>();
  readonly classOfPerson = new Map<number, number>();
  readonly #numbers = new Map<string, number>();

  number(person: number, facts: readonly [ConsentClass, ...ConsentClass[]]): void {
    const key = JSON.stringify(facts.map((one) => ({ ...one, id: 0 })));
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    if (!this.#numbers.has(key)) {
      const [first, ...more] = facts;
      this.classes.set(number, [{ ...first, id: number }, ...more.map((one) => ({ ...one, id: number }))]);
    }
    this.#numbers.set(key, number);
    this.classOfPerson.set(person, number);
  }
}

async function personsWithEvidence(
  ground: WorkerGround,
  { selection, side, transfer }: { selection: string; side: DeliverySide; transfer: Transfer },
): Promise<Map<number, EvidenceState>> {
  const persons = new Map<number, EvidenceState>();
  const recordIdColumn = Object.values(side.schema.columns).findIndex(({ role }) => role === 'record-id');
  for (const by of ['digest', 'record-id'] as const) {
    const scope = by === 'digest' ? {} : { dataset_id: side.datasetId };
    const states = await statesByKey(ground, { tenant_id: side.tenantId, person_by: by, ...scope }, transfer);
    if (states.size === 0 || (by === 'record-id' && recordIdColumn < 0)) continue;
    const holders = listKeyHolders(ground.engine, {
      selection,
      version: side.version,
      keys: joinedKeys(states.keys()),
      ...(by === 'record-id' ? { recordIdColumn } : {}),
      scratchDir: ground.scratchDir,
    });
    for await (const block of holders) {
      for (const { person, key } of block) {
        const state = states.get(key);
        if (state === undefined) continue;
        const known = persons.get(person);
        persons.set(person, known === undefined ? state : mergedEvidence(known, state));
      }
    }
  }
  return persons;
}

async function statesByKey(
  ground: WorkerGround,
  where: Record<string, string>,
  transfer: Transfer,
): Promise<Map<string, EvidenceState>> {
  const states = new Map<string, EvidenceState>();
  for await (const page of listConsentRecords(ground.db.knex, where)) {
    for (const record of page) {
      const state = evidenceState(record, transfer);
      const known = states.get(record.personKey);
      states.set(record.personKey, known === undefined ? state : mergedEvidence(known, state));
    }
  }
  return states;
}
