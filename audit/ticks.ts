// What each green tick of a verification proves and, beside it, what it does not: a tick alone invites over-reading.

export const TICKS = {
  signature: {
    proves: 'The holder of the log’s key signed this checkpoint.',
    doesNotProve: 'That everyone was shown the same log, nor when it was signed: a witness’s cosignature shows that.',
  },
  cosignature: {
    proves: 'At the stated time the witness saw this tree, grown from everything it had seen of the log before.',
    doesNotProve: 'That the events are true, nor that the witness is independent of the log’s operator.',
  },
  quorum: {
    proves:
      'As many witnesses as the policy asks for saw this tree, so none of them has cosigned another one beside it.',
    doesNotProve: 'That the witnesses do not act together, nor that the policy asks for enough of them.',
  },
  inclusion: {
    proves: 'The event is in the log, at this index, for as long as the log keeps to this checkpoint.',
    doesNotProve: 'That nothing else was logged about the same subject, before or after.',
  },
  event: {
    proves: 'The event shown is byte for byte what was logged.',
    doesNotProve: 'That what the service wrote about itself is true: the log binds the service to its word.',
  },
  consistency: {
    proves: 'Nothing that the older checkpoint covers was changed, removed or reordered since.',
    doesNotProve: 'That everything that happened was logged, nor that nobody was shown another log.',
  },
  completeness: {
    proves: 'These are all events up to the checkpoint, in their order, with none left out.',
    doesNotProve: 'That the service logged all it did; long silences are listed for that reason.',
  },
} as const;

export type TickName = keyof typeof TICKS;

export interface Tick {
  readonly name: TickName;
  readonly ok: boolean;
  readonly proves: string;
  readonly doesNotProve: string;
  /** Of a passed tick what was seen, of a failed one why. */
  readonly detail: string;
}

export function passed(name: TickName, detail: string): Tick {
  return { name, ok: true, ...TICKS[name], detail };
}

export function failed(name: TickName, detail: string): Tick {
  return { name, ok: false, ...TICKS[name], detail };
}
