// What reaches a connector: an activation id to add or to remove. No person, no match key, no attribute.

export interface ActivationChange {
  /** One id, or the text form of a member with several identifiers (member.ts). */
  readonly id: string;
  readonly change: 'add' | 'remove';
  /** All purposes this person agreed to for this kind of destination; absent when nobody said. Of no meaning in a removal. */
  readonly consent?: readonly string[];
  /** The id of the dataset, where an operator's stands in its place. */
  readonly origin?: string;
  /** On a removal of somebody who asked to be forgotten: the platform should erase what it holds, not only end the membership. */
  readonly erase?: true;
}
