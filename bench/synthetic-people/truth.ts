// The answer, from the true mailboxes and lines alone: no normalisation, no hashing, no engine. The oracle of the whole product.
import type { Carried, Flaw, TrueRecord } from './records.ts';

export interface Persons {
  /** Person of each row, `undefined` for a rejected row. Persons are numbered by their first row. */
  readonly personOfRow: readonly (number | undefined)[];
  readonly rowsOfPerson: readonly (readonly number[])[];
}

export type MatchType = 'email' | 'phone';
export interface TruePair {
  readonly left: number;
  readonly right: number;
  readonly type: MatchType;
}

/** Records that share a mailbox or a line are one person; so are the records linked through others. */
export function truePersons(records: readonly TrueRecord<unknown>[]): Persons {
  const parent = records.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = index; at !== root; ) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  const firstRowWith = new Map<string, number>();
  records.forEach(({ carried, flaw }, index) => {
    if (flaw !== undefined) return;
    for (const contact of contactsOf(carried)) {
      const first = firstRowWith.get(contact);
      if (first === undefined) firstRowWith.set(contact, index);
      else {
        const [a, b] = [rootOf(first), rootOf(index)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  });
  return numberPersons(records, rootOf);
}

function numberPersons(records: readonly TrueRecord<unknown>[], rootOf: (index: number) => number): Persons {
  const personOfRoot = new Map<number, number>();
  const rowsOfPerson: number[][] = [];
  const personOfRow = records.map(({ flaw }, index) => {
    if (flaw !== undefined) return undefined;
    const root = rootOf(index);
    const person = personOfRoot.get(root) ?? rowsOfPerson.length;
    if (person === rowsOfPerson.length) {
      personOfRoot.set(root, person);
      rowsOfPerson.push([]);
    }
    rowsOfPerson[person]!.push(index);
    return person;
  });
  return { personOfRow, rowsOfPerson };
}

/** One to one: type by type, edges in ascending order of (left, right), an edge is taken when both its ends are free. */
export function truePairs(options: {
  left: readonly TrueRecord<unknown>[];
  right: readonly TrueRecord<unknown>[];
  leftPersons: Persons;
  rightPersons: Persons;
  types: readonly MatchType[];
}): TruePair[] {
  const pairedLeft = new Set<number>();
  const pairedRight = new Set<number>();
  const pairs: TruePair[] = [];
  for (const type of options.types) {
    const leftOf = personsByContact(options.left, options.leftPersons, type);
    const rightOf = personsByContact(options.right, options.rightPersons, type);
    const edges: { left: number; right: number }[] = [];
    for (const [contact, left] of leftOf) {
      const right = rightOf.get(contact);
      if (right !== undefined) edges.push({ left, right });
    }
    edges.sort((a, b) => a.left - b.left || a.right - b.right);
    for (const { left, right } of edges) {
      if (pairedLeft.has(left) || pairedRight.has(right)) continue;
      pairedLeft.add(left);
      pairedRight.add(right);
      pairs.push({ left, right, type });
    }
  }
  return pairs;
}

export function countFlaws(records: readonly TrueRecord<unknown>[]): Partial<Record<Flaw, number>> {
  const counts: Partial<Record<Flaw, number>> = {};
  for (const { flaw } of records) if (flaw !== undefined) counts[flaw] = (counts[flaw] ?? 0) + 1;
  return counts;
}

/** Within a dataset a contact belongs to one person, since whoever shares it is that person. */
function personsByContact(records: readonly TrueRecord<unknown>[], persons: Persons, type: MatchType) {
  const byContact = new Map<number, number>();
  records.forEach(({ carried }, index) => {
    const contact = type === 'email' ? carried.mailbox : carried.line;
    const person = persons.personOfRow[index];
    if (contact !== undefined && person !== undefined) byContact.set(contact, person);
  });
  return byContact;
}

function contactsOf({ mailbox, line }: Carried): string[] {
  const contacts: string[] = [];
  if (mailbox !== undefined) contacts.push(`mailbox ${mailbox}`);
  if (line !== undefined) contacts.push(`line ${line}`);
  return contacts;
}
