// What is on record for each consent class of a dataset version: what its column says, or what evidence says of everybody.
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { LoadedConsentClass } from '../../matching/load-request.ts';
import type { ConsentEvidence } from '../../openapi/generated/api.ts';
import type { ConsentClass } from '../../policies/consent.ts';

export interface ConsentOnRecord {
  readonly loaded: readonly LoadedConsentClass[];
  readonly schema: Pick<DatasetSchema, 'columns'>;
  /** Only for a dataset without a consent column. */
  readonly evidence: ConsentEvidence | null;
}

/** A purpose named without a destination counts for those that the column declares, and for no other. */
export function consentClassesOf({ loaded, schema, evidence }: ConsentOnRecord): Map<number, ConsentClass> {
  const declared = Object.values(schema.columns).flatMap((column) =>
    column.role === 'consent' ? [...(column.destinations ?? [])] : [],
  );
  const classes = loaded.map(({ id, source, grants }): ConsentClass => {
    if (source === 'none' && evidence !== null) return classOfEvidence(id, evidence);
    const named = grants.map(({ purpose, destinations }) => ({
      purpose,
      destinations: destinations.length === 0 ? declared : destinations,
    }));
    return { id, source, grants: named };
  });
  return new Map(classes.map((consentClass) => [consentClass.id, consentClass]));
}

function classOfEvidence(id: number, evidence: ConsentEvidence): ConsentClass {
  const { purposes, destinations, expires_at: expiresAt } = evidence;
  const term = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
  return { id, source: 'dataset-evidence', grants: purposes.map((purpose) => ({ purpose, destinations, ...term })) };
}
