// Who is one person: rows joined by a shared key or record id, by union-find. Persons are numbered densely in the
// order of their first row.
import { Uint32Vector } from './vector.ts';

export class PersonIndex {
  readonly #parents = new Uint32Vector(1 << 14);
  /** How often two different trees became one; without any, every row is a person of its own. */
  #joined = 0;

  get rows(): number {
    return this.#parents.length;
  }

  get persons(): number {
    return this.#parents.length - this.#joined;
  }

  addRow(): number {
    const row = this.#parents.length;
    this.#parents.push(row);
    return row;
  }

  /** The smaller row stays the root, so that a root is the first row of its person. */
  join(a: number, b: number): void {
    const rootA = this.#root(a);
    const rootB = this.#root(b);
    if (rootA === rootB) return;
    this.#parents.items[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    this.#joined++;
  }

  /** The person of each row. */
  number(): Uint32Array {
    const rows = this.#parents.length;
    const persons = new Uint32Array(rows);
    let next = 0;
    for (let row = 0; row < rows; row++) {
      const root = this.#root(row);
      persons[row] = root === row ? next++ : (persons[root] as number);
    }
    return persons;
  }

  #root(row: number): number {
    const parents = this.#parents.items;
    let root = row;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root] as number] as number;
      root = parents[root] as number;
    }
    return root;
  }
}
