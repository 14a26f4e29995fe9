// Consent of a row: a set of grants `purpose@destination`, numbered by its distinct combination. A person with several
// records has what all of them agree on, so classes intersect and never unite across records.
import { parsePurposes } from '../../identifiers/purposes.ts';
import { MAX_CONSENT_CLASSES, MAX_CONSENT_SPELLINGS } from '../limits.ts';
import { type LoadedConsentClass, LoadFailure, type RejectCode } from '../load-request.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { type BatchCells, type CellColumn, readEach, refuseCleartext } from './cell.ts';
import type { KeptRows } from './kept-rows.ts';
import { Uint32Vector } from './vector.ts';

const INVALID = 0xffffffff;
const MAX_CELL_BYTES = 4_096;

/** Combinations of grants by number. 0 is always the empty one. */
export class ConsentClasses {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #grants: string[][] = [[]];

  /** Grants are `purpose` or `purpose@destination`. */
  idOf(grants: Iterable<string>): number {
    const sorted = [...new Set(grants)].sort();
    const text = sorted.join(' ');
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    if (this.#grants.length >= MAX_CONSENT_CLASSES) {
      throw new LoadFailure('consent_limit', { hint: `more than ${MAX_CONSENT_CLASSES} combinations of consent` });
    }
    this.#ids.set(text, this.#grants.length);
    this.#grants.push(sorted);
    return this.#grants.length - 1;
  }

  text(id: number): string {
    return (this.#grants[id] ?? []).join(' ');
  }

  /** In the order of their numbers; given back to `number`, they have the same ones again. */
  texts(): string[] {
    return this.#grants.map((grants) => grants.join(' '));
  }

  number(texts: readonly string[]): void {
    for (const text of texts) this.idOf(text === '' ? [] : text.split(' '));
  }

  intersection(a: number, b: number): number {
    if (a === b) return a;
    const other = new Set(this.#grants[b]);
    return this.idOf((this.#grants[a] ?? []).filter((grant) => other.has(grant)));
  }

  list(source: LoadedConsentClass['source']): LoadedConsentClass[] {
    return this.#grants.map((grants, id) => ({ id, source, grants: groupByPurpose(grants) }));
  }
}

function groupByPurpose(grants: readonly string[]): LoadedConsentClass['grants'] {
  const destinations = new Map<string, string[]>();
  for (const grant of grants) {
    const [purpose = '', destination] = grant.split('@');
    const list = destinations.get(purpose) ?? [];
    if (destination !== undefined) list.push(destination);
    destinations.set(purpose, list);
  }
  return [...destinations].map(([purpose, named]) => ({ purpose, destinations: named }));
}

export class ConsentColumn implements CellColumn {
  readonly field: string;
  readonly values = new Uint32Vector();
  readonly classes: ConsentClasses;
  readonly #declared: readonly string[];
  readonly #spellings = new ByteDictionary();
  #classOfSpelling = new Uint32Vector();
  #staging = new Uint32Array(0);

  constructor(field: string, classes: ConsentClasses, declaredDestinations: readonly string[]) {
    this.field = field;
    this.classes = classes;
    this.#declared = declaredDestinations;
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Uint32Array(rows * 2);
  }

  readBatch(cells: BatchCells): void {
    readEach(this, cells);
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    const consent = start === end ? 0 : this.#classOf(bytes, start, end);
    if (consent === INVALID) {
      refuseCleartext(bytes.toString('utf8', start, Math.min(end, start + MAX_CELL_BYTES)), 'other');
      return 'consent_invalid';
    }
    this.#staging[staged] = consent;
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }

  #classOf(bytes: Buffer, start: number, end: number): number {
    if (end - start > MAX_CELL_BYTES) return INVALID;
    const spelling = this.#spellings.intern(bytes, start, end);
    if (spelling >= 0) return this.#classOfSpelling.items[spelling] as number;
    // Not valid until it is known to be no cleartext: a second look at the same cell must come to the same end.
    this.#classOfSpelling.push(INVALID);
    const consent = this.#parse(bytes.toString('utf8', start, end));
    this.#classOfSpelling.items[~spelling] = consent;
    if (this.#spellings.size >= MAX_CONSENT_SPELLINGS) {
      this.#spellings.clear();
      this.#classOfSpelling = new Uint32Vector();
    }
    return consent;
  }

  #parse(cell: string): number {
    refuseCleartext(cell, 'other');
    const parsed = parsePurposes(cell);
    if (!parsed.ok) return INVALID;
    return this.classes.idOf(
      parsed.grants.flatMap(({ purpose, destination }) => {
        if (destination !== undefined) return [`${purpose}@${destination}`];
        return this.#declared.length === 0 ? [purpose] : this.#declared.map((declared) => `${purpose}@${declared}`);
      }),
    );
  }
}
