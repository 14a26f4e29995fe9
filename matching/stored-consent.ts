// What is on record of the consent classes of a version whose columns hold strings, as it was decoded while loading.
import type { Engine } from './engine/engine.ts';
import type { StoredConsent } from './person-consent.ts';
import { consentsTable } from './tables.ts';

/** By class, each source that says something of its persons. A class that is not here is one nobody knows anything about. */
export async function readStoredConsent(
  engine: Engine,
  version: string,
): Promise<Map<number, readonly StoredConsent[]>> {
  const stored = new Map<number, readonly StoredConsent[]>();
  const rows = engine.stream<{ consent_class: number; said: string }>(
    `SELECT consent_class, said FROM ${consentsTable(version).name} ORDER BY consent_class`,
  );
  for await (const block of rows) {
    for (const { consent_class, said } of block) stored.set(consent_class, JSON.parse(said) as StoredConsent[]);
  }
  return stored;
}
