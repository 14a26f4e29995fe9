// First-party evidence as it stands at the instant of a release: every record of the tenant is read anew, joined with the persons of
// the dataset version in the engine, and comes to a class of each person. A withdrawal holds from the very next release.
import { listKeyHolders, writeEvidence } from '../../matching/evidence.ts';
import type { ConsentClass, Transfer } from '../../policies/consent.ts';
import { type EvidenceState, evidenceClass, evidenceState, mergedEvidence } from '../../policies/evidence.ts';
import type { DeliverySide } from '../deliveries/delivery-sides.ts';
import type { WorkerGround } from '../ground.ts';
import { listConsentRecords } from './consent-record.ts';
import { joinedKeys } from './person-keys.ts';

/** The classes by the number that `<selection>_evidence_<side>` holds; undefined where no record speaks of anybody. */
export async function evidenceOfSide(
  ground: WorkerGround,
  of: { selection: string; side: DeliverySide; transfer: Transfer },
): Promise<ReadonlyMap<number, ConsentClass> | undefined> {
  const persons = await personsWithEvidence(ground, of);
  if (persons.size === 0) return undefined;
  const numbers = new Map<string, number>();
  const classes = new Map<number, ConsentClass>();
  const classOfPerson = new Map<number, number>();
  for (const [person, state] of persons) {
    const facts = evidenceClass(state, of.transfer);
    const key = JSON.stringify(facts);
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    classes.set(number, { ...facts, id: number });
    classOfPerson.set(person, number);
  }
  const { scratchDir } = ground;
  await writeEvidence(ground.engine, {
    selection: of.selection,
    side: of.side.side,
    classes: classOfPerson,
    scratchDir,
  });
  return classes;
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
