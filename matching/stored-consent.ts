// What is on record of the consent classes of a version whose columns hold strings, as it was decoded while loading.
import type { Engine } from './engine/engine.ts';
import type { StoredConsent } from './person-consent.ts';
import { consentsTable } from './tables.ts';

/** By class, each source that says something of its persons. A class that is not here is one nobody knows anything about. */
export async function readStoredConsent(engine: Engine, version: string): Promise<StoredConsents> {
  const said = new Map<number, string>();
  const rows = engine.stream<{ consent_class: number; said: string }>(
    `SELECT consent_class, said FROM ${consentsTable(version).name} ORDER BY consent_class`,
  );
  for await (const block of rows) for (const row of block) said.set(row.consent_class, row.said);
  return new StoredConsents(said);
}

/** Kept as text, and read where it is asked for: there may be millions. */
export class StoredConsents {
  readonly #said: ReadonlyMap<number, string>;

  constructor(said: ReadonlyMap<number, string>) {
    this.#said = said;
  }

  get size(): number {
    return this.#said.size;
  }

  get(consentClass: number): readonly StoredConsent[] | undefined {
    const said = this.#said.get(consentClass);
    return said === undefined ? undefined : (JSON.parse(said) as StoredConsent[]);
  }

  *[Symbol.iterator](): Generator<[number, readonly StoredConsent[]]> {
    for (const [consentClass, said] of this.#said) yield [consentClass, JSON.parse(said) as StoredConsent[]];
  }
}
