// Digests of addresses or numbers in, UID2s or EUIDs out, between a dataset and any destination that takes such ids.
import type { ActivationChange } from '../kit/activation-change.ts';
import { MAX_IDENTITIES_PER_REQUEST } from './limits.ts';
import type { DigestKind, Identity, IdOperator } from './operator.ts';

/** Stand in place of an id that the operator does not give; no id of a platform looks like them. */
export const OPTED_OUT = 'no id: opted out';
export const NOT_MAPPED = 'no id: not mapped';

interface Translating {
  readonly operator: IdOperator;
  readonly kind: DigestKind;
  readonly isRemap: boolean;
  /** Told of each id that is given out when it is to be asked for anew. */
  due(atMs: number): void;
}

/**
 * An addition becomes the id that stands for the person now. A removal becomes that id and the one of before the last
 * rotation, since the platform may still hold either; an addition too takes out that one, where everybody is told again because
 * ids are due. Who opted out has no id any more: the platforms are told by the operator.
 */
export async function* translateChanges(
  changes: AsyncIterable<readonly ActivationChange[]>,
  { operator, kind, isRemap, due }: Translating,
): AsyncGenerator<readonly ActivationChange[]> {
  for await (const part of changes) {
    for (let from = 0; from < part.length; from += MAX_IDENTITIES_PER_REQUEST) {
      const asked = part.slice(from, from + MAX_IDENTITIES_PER_REQUEST);
      const digests = asked.map(({ id }) => ({ kind, digest: id }));
      const identities = await operator.map(digests);
      for (const [index, identity] of identities.entries()) {
        if (identity.state === 'mapped' && asked[index]?.change === 'add') due(identity.refreshAtMs);
      }
      yield asked.flatMap((change, index) => translated(change, identities[index]!, isRemap));
    }
  }
}

function translated(change: ActivationChange, identity: Identity, isRemap: boolean): ActivationChange[] {
  if (identity.state !== 'mapped') {
    return [{ ...change, id: identity.state === 'opted-out' ? OPTED_OUT : NOT_MAPPED, origin: change.id }];
  }
  const { id, formerId } = identity;
  const now = { ...change, id, origin: change.id };
  if (formerId === undefined || formerId === id) return [now];
  if (change.change === 'remove') return [now, { ...now, id: formerId }];
  return isRemap ? [{ id: formerId, change: 'remove', origin: change.id }, now] : [now];
}
