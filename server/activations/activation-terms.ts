// The terms of an activation as they are at this moment: what would be delivered, to where, under which rules.
import type { Knex } from 'knex';
import type { JsonValue } from '../../audit/canonical-json.ts';
import { destinations } from '../destinations/destination.ts';
import { findLastLoosening } from '../policies/loosened.ts';
import { type Activation, termsHashOf } from './activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from './activation-grounds.ts';

/** Of what the audience, the destination and the rules are now. An approval of another hash does not hold. */
export async function currentTermsHash(
  knex: Knex,
  activation: Pick<Activation, 'audienceId' | 'destinationId' | 'purpose' | 'exclusions'>,
): Promise<string> {
  const destination = await destinations.get(knex, activation.destinationId);
  const { segment, rules } = await groundsOf(knex, activation);
  const loosened = await findLastLoosening(
    knex,
    rules.map(({ tenantId }) => tenantId),
  );
  return termsHashOf({
    audienceId: activation.audienceId,
    segment: segment.expression as unknown as JsonValue,
    destination: { id: destination.id, kind: destination.kind, settings: destination.settings as JsonValue },
    purpose: activation.purpose,
    rules: rules as unknown as JsonValue,
    ...(activation.exclusions.length === 0 ? {} : { excluding: excludedIds(activation) }),
    ...(loosened === undefined ? {} : { loosened }),
  });
}

export function excludedIds({ exclusions }: Pick<Activation, 'exclusions'>): string[] {
  return exclusions.map(({ audienceId, segmentId }) => audienceId ?? segmentId ?? '').sort();
}

export async function groundsOf(
  knex: Knex,
  activation: Pick<Activation, 'audienceId' | 'destinationId' | 'purpose'>,
): Promise<AudienceGrounds> {
  const { kind } = await destinations.get(knex, activation.destinationId);
  const { audienceId, purpose } = activation;
  return getAudienceGrounds(knex, { audienceId, destination: kind, purpose });
}
