// An activation: an audience, a destination and a purpose, and how far its approval has come.
// An approval holds for the exact terms that were shown: their hash is kept with it.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../audit/canonical-json.ts';
import { recordStore } from '../database/record-store.ts';
import { type RowMapping, rowMapping } from '../database/row-mapping.ts';

export type ActivationStatus = 'draft' | 'awaiting_approval' | 'approved' | 'refused' | 'withdrawn';

/** Counts as they may be shown. */
export type Cell = { readonly value: number } | { readonly fewer_than: number };

export interface DeliveryForecast {
  readonly audience: Cell;
  readonly would_deliver: Cell;
  readonly refused: Readonly<Record<string, Cell>>;
  readonly decision: ShownDecision | null;
  readonly at: string;
  /** Of the terms that were tried. */
  readonly terms_hash: string;
}

export interface ShownDecision {
  readonly outcome: 'allow' | 'deny';
  readonly reasons: string[];
  readonly policies: string[];
  readonly policy_set_hash: string;
  readonly event_id: string | null;
}

/** An audience, or a segment over an own dataset, whose persons are left out. */
export type Exclusion =
  | { readonly id: string; readonly audienceId: string; readonly segmentId?: undefined }
  | { readonly id: string; readonly segmentId: string; readonly audienceId?: undefined };

export interface Activation {
  readonly id: string;
  readonly tenantId: string;
  readonly audienceId: string;
  readonly destinationId: string;
  readonly purpose: string;
  readonly status: ActivationStatus;
  readonly requestedBy: string;
  readonly termsHash: string;
  readonly dryRun: DeliveryForecast | null;
  readonly exclusions: readonly Exclusion[];
  readonly createdAt: string;
}

const stored = rowMapping<Activation>(['dryRun', 'exclusions']);
const activationMapping: RowMapping<Activation> = {
  toRow: (activation) => stored.toRow(activation),
  // Activations of before there were exclusions have none.
  fromRow(row) {
    const activation = stored.fromRow(row);
    return { ...activation, exclusions: activation.exclusions ?? [] };
  },
};

export const activations = recordStore('activations', {
  noun: 'activation',
  mapping: activationMapping,
});

export interface ActivationTerms {
  readonly audienceId: string;
  readonly segment: JsonValue;
  readonly destination: { readonly id: string; readonly kind: string; readonly settings: JsonValue };
  readonly purpose: string;
  /** The rule of each contribution that the audience draws on. */
  readonly rules: JsonValue;
  /** Audiences and segments that are left out, where there are any. */
  readonly excluding?: readonly string[];
  /** The last version of the policies that may allow more than the one before, where there was one. */
  readonly loosened?: string;
}

/** 64 hex digits over the canonical JSON (RFC 8785) of everything that an approval is bound to. */
export function termsHashOf(terms: ActivationTerms): string {
  return createHash('sha256')
    .update(canonicalJson(terms as unknown as JsonValue))
    .digest('hex');
}
