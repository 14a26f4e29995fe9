// The staged rows of a batch that are kept, in order. Almost always all of them, and then a column is one copy.

export class KeptRows {
  rows = new Uint32Array(1 << 14);
  count = 0;
  /** Whether every staged row is kept. */
  all = false;

  reset(staged: number): void {
    if (staged > this.rows.length) this.rows = new Uint32Array(staged * 2);
    this.count = 0;
    this.all = false;
  }

  push(staged: number): void {
    this.rows[this.count++] = staged;
  }

  takeAll(staged: number): void {
    for (let row = 0; row < staged; row++) this.rows[row] = row;
    this.count = staged;
  }

  end(staged: number): void {
    this.all = this.count === staged;
  }
}
