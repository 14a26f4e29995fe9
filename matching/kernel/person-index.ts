// Who is one person: rows joined by a shared key or record id, by union-find. Persons are numbered densely in the
// order of their first row.

export class PersonIndex {
  rows = 0;
  /** Of each row another of its person, itself in the first; rows beyond its end are joined to nobody yet. */
  #parents: Uint32Array = new Uint32Array(0);
  /** How often two different trees became one; without any, every row is a person of its own. */
  #joined = 0;

  get persons(): number {
    return this.rows - this.#joined;
  }

  addRow(): number {
    return this.rows++;
  }

  /** The smaller row stays the root, so that a root is the first row of its person. */
  join(a: number, b: number): void {
    if (Math.max(a, b) >= this.#parents.length) this.#grow();
    const rootA = this.#root(a);
    const rootB = this.#root(b);
    if (rootA === rootB) return;
    this.#parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    this.#joined++;
  }

  /** The person of each row. */
  number(): Uint32Array {
    const persons = new Uint32Array(new SharedArrayBuffer(this.rows * Uint32Array.BYTES_PER_ELEMENT));
    if (this.#joined === 0) {
      for (let row = 0; row < persons.length; row++) persons[row] = row;
      return persons;
    }
    this.#grow();
    let next = 0;
    for (let row = 0; row < persons.length; row++) {
      const root = this.#root(row);
      persons[row] = root === row ? next++ : (persons[root] as number);
    }
    return persons;
  }

  #grow(): void {
    const known = this.#parents.length;
    if (known >= this.rows) return;
    const wanted = known === 0 ? this.rows : Math.max(this.rows, Math.ceil(known * 1.5));
    const grown = new Uint32Array(new SharedArrayBuffer(wanted * Uint32Array.BYTES_PER_ELEMENT));
    grown.set(this.#parents);
    for (let row = known; row < wanted; row++) grown[row] = row;
    this.#parents = grown;
  }

  #root(row: number): number {
    const parents = this.#parents;
    let root = row;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root] as number] as number;
      root = parents[root] as number;
    }
    return root;
  }
}
