// Digests of addresses or numbers in, UID2s or EUIDs out, between a dataset and any destination that takes such ids.
import type { ActivationChange } from '../kit/activation-change.ts';
import { MAX_IDENTITIES_PER_REQUEST } from './limits.ts';
import type { DigestKind, Identity, IdOperator } from './operator.ts';

/** Stand in place of an id that the operator does not give; no id of a platform looks like them. */
export const OPTED_OUT = 'no id: opted out';
export const NOT_MAPPED = 'no id: not mapped';

/**
 * An addition becomes the id that stands for the person now. A removal becomes that id and the one of before the last
 * rotation, since the platform may still hold either. Who opted out has no id any more: the platforms are told by the operator.
 */
export async function* translateChanges(
  changes: AsyncIterable<readonly ActivationChange[]>,
  { operator, kind }: { operator: IdOperator; kind: DigestKind },
): AsyncGenerator<readonly ActivationChange[]> {
  for await (const part of changes) {
    for (let from = 0; from < part.length; from += MAX_IDENTITIES_PER_REQUEST) {
      const asked = part.slice(from, from + MAX_IDENTITIES_PER_REQUEST);
      const digests = asked.map(({ id }) => ({ kind, digest: id }));
      const identities = await operator.map(digests);
      yield asked.flatMap((change, index) => translated(change, identities[index]!));
    }
  }
}

function translated(change: ActivationChange, identity: Identity): ActivationChange[] {
  if (identity.state !== 'mapped') {
    return [{ ...change, id: identity.state === 'opted-out' ? OPTED_OUT : NOT_MAPPED, origin: change.id }];
  }
  const { id, formerId } = identity;
  const ids = change.change === 'remove' && formerId !== undefined ? [id, formerId] : [id];
  return ids.map((one) => ({ ...change, id: one, origin: change.id }));
}
