// Consent strings of a version at the instant of a release: what was decoded while loading is held against the purpose, the destination's
// vendor and the clock of now. Each source stands by itself; every one of them must allow.
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { StoredConsent } from '../../matching/person-consent.ts';
import { readStoredConsent } from '../../matching/stored-consent.ts';
import { hasConsentStrings } from '../../matching/tables.ts';
import type { ConsentClass, Transfer } from '../../policies/consent.ts';
import { tcfClass, unreadableClass } from '../../policies/tcf.ts';
import { usClass, usPrivacyClass } from '../../policies/us-signals.ts';
import type { DeliverySide } from '../deliveries/delivery-sides.ts';
import type { WorkerGround } from '../ground.ts';

type ConsentOf = DeliverySide['consentOf'];

/** What the sources of a class say; from the engine, where strings were loaded, else as the version tells. */
export async function consentReader(ground: WorkerGround, side: DeliverySide): Promise<ConsentOf> {
  if (!hasConsentStrings(side.schema)) return side.consentOf;
  const stored = await readStoredConsent(ground.engine, side.version);
  return (id, transfer) => {
    const said = stored.get(id) ?? [];
    const classes = said.flatMap((one) => classesOf(one, { schema: side.schema, transfer }));
    return classes.length > 0 ? classes.map((one) => ({ ...one, id })) : [{ id, source: 'none', grants: [] }];
  };
}

export function classesOf(
  said: StoredConsent,
  of: { schema: Pick<DatasetSchema, 'columns'>; transfer: Transfer },
): ConsentClass[] {
  const { transfer } = of;
  const vendors = transfer.vendors ?? [];
  const declared = declaredFor(said.kind, of.schema);
  if (said.kind === 'purposes') {
    const grants = said.grants.map(({ purpose, destinations }) => ({
      purpose,
      destinations: destinations.length === 0 ? declared : destinations,
    }));
    return [{ id: 0, source: 'purposes-column', grants }];
  }
  if (said.kind === 'us-privacy') return [usPrivacyClass(said.text, transfer, declared)];
  if (said.facts === null) return [unreadableClass(said.kind)];
  if (said.kind === 'tcf') return [tcfClass(said.facts, transfer, vendors)];
  const { tcf, usPrivacy, us } = said.facts;
  return [
    ...(tcf === null ? [] : [tcfClass(tcf, transfer, vendors)]),
    ...(usPrivacy === null ? [] : [usPrivacyClass(usPrivacy, transfer, declared)]),
    ...us.map((section) => usClass(section, transfer, declared)),
  ];
}

/** The destinations that the schema declares for the column: whom people were told of, where the signal names nobody. */
function declaredFor(kind: StoredConsent['kind'], { columns }: Pick<DatasetSchema, 'columns'>): readonly string[] {
  return Object.values(columns).flatMap((column) =>
    column.role === 'consent' && column.kind === kind ? [...(column.destinations ?? [])] : [],
  );
}
