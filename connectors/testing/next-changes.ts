// What the next delivery of a made-up audience changes.
import type { ActivationChange } from '../kit/activation-change.ts';

/** Whoever is in goes, whoever is out comes, each with some chance; removals first, as a delivery tells them. */
export function nextChanges(
  { persons, idAt }: { persons: number; idAt(index: number): string },
  held: Set<string>,
  random: () => number,
): ActivationChange[] {
  const removed: ActivationChange[] = [];
  const added: ActivationChange[] = [];
  for (let index = 0; index < persons; index++) {
    const id = idAt(index);
    if (random() > 0.5) continue;
    if (held.has(id)) removed.push({ id, change: 'remove' });
    else added.push({ id, change: 'add' });
  }
  for (const { id } of removed) held.delete(id);
  for (const { id } of added) held.add(id);
  return [...removed, ...added];
}
