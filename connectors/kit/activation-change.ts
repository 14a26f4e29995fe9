// What reaches a connector: an activation id to add or to remove. No person, no match key, no attribute.

export interface ActivationChange {
  readonly id: string;
  readonly change: 'add' | 'remove';
}
