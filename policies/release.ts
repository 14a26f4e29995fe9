// The lock: the only place that makes a Released<T>, and only after a recorded decision to allow.
// An Unreleased<T> keeps its value in a private field, so that no log, copy or JSON carries it.
import { type Decision, isDecision } from './decision.ts';
import { PolicyError } from './policy-error.ts';

/** The actions whose "allow" opens the gate. A permission to read something is no release. */
const RELEASING_ACTIONS: ReadonlySet<string> = new Set([
  'audience:release',
  'aggregate:release',
  'person:remove',
  'person:answer',
]);

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const makingKey = Symbol('made by release.ts');

let read: <T>(container: Unreleased<T>) => T;

/** A value that may not leave yet. It prints, copies and serialises as `[unreleased]` or as nothing. */
export class Unreleased<T> {
  readonly #value: T;

  static {
    read = (container) => container.#value;
  }

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  toString(): string {
    return '[unreleased]';
  }

  toJSON(): string {
    return '[unreleased]';
  }

  [inspectSymbol](): string {
    return '[unreleased]';
  }
}

/** A decision whose audit event is stored. Made by `recordedDecision` alone. */
export class RecordedDecision {
  readonly #decision: Decision;
  readonly eventId: string;

  constructor(key: symbol, decision: Decision, eventId: string) {
    requireKey(key, 'RecordedDecision');
    this.#decision = decision;
    this.eventId = eventId;
    Object.freeze(this);
  }

  static is(candidate: unknown): candidate is RecordedDecision {
    return typeof candidate === 'object' && candidate !== null && #decision in candidate;
  }

  get decision(): Decision {
    return this.#decision;
  }
}

/** A value that may leave, with the decision that let it. It prints as `[released]`: to leave is not to be logged. */
export class Released<T> {
  readonly #value: T;
  readonly decision: RecordedDecision;

  constructor(key: symbol, value: T, decision: RecordedDecision) {
    requireKey(key, 'Released');
    this.#value = value;
    this.decision = decision;
    Object.freeze(this);
  }

  static is(candidate: unknown): candidate is Released<unknown> {
    return typeof candidate === 'object' && candidate !== null && #value in candidate;
  }

  get value(): T {
    return this.#value;
  }

  toString(): string {
    return '[released]';
  }

  toJSON(): string {
    return '[released]';
  }

  [inspectSymbol](): string {
    return '[released]';
  }
}

export function unreleased<T>(value: T): Unreleased<T> {
  return new Unreleased(value);
}

/** Run-time check for those who take `Released` alone: a copy or a look-alike does not pass. */
export function isReleased(candidate: unknown): candidate is Released<unknown> {
  return Released.is(candidate);
}

/** To be called once the audit event of the decision is stored. Throws `decision_not_genuine` for an object that no policy set made. */
export function recordedDecision(decision: Decision, eventId: string): RecordedDecision {
  if (!isDecision(decision))
    throw new PolicyError('decision_not_genuine', 'This decision was not made by a policy set.');
  if (eventId === '') throw new PolicyError('decision_not_recorded', 'A decision is recorded under an audit event.');
  return new RecordedDecision(makingKey, decision, eventId);
}

/** Decides on the true value without showing it: only the decision, which holds no figure, comes out. */
export function decideOn<T>(container: Unreleased<T>, decide: (value: T) => Decision): Decision {
  const decision = decide(read(container));
  if (!isDecision(decision))
    throw new PolicyError('decision_not_genuine', 'This decision was not made by a policy set.');
  return decision;
}

/** Computes on the value inside the lock: what comes of it is as unreleased as the value was. */
export function withinLock<T, R>(container: Unreleased<T>, compute: (value: T) => R): Unreleased<R> {
  return new Unreleased(compute(read(container)));
}

/** The same of two values: what comes of them is as unreleased as both were. */
export function withinBoth<T, U, R>(
  one: Unreleased<T>,
  other: Unreleased<U>,
  compute: (one: T, other: U) => R,
): Unreleased<R> {
  return new Unreleased(compute(read(one), read(other)));
}

/** Hands the value to a store inside the service, from which it can only be shown by another release. */
export function keepLocked<T>(container: Unreleased<T>, store: (value: T) => Promise<void>): Promise<void> {
  return store(read(container));
}

/** Throws `release_refused` unless the decision allows. */
export function release<T>(container: Unreleased<T>, decision: RecordedDecision): Released<T> {
  requireAllowed(decision);
  return new Released(makingKey, read(container), decision);
}

/**
 * Releases what may be shown of a value rather than the value itself, such as a rounded count.
 * The decision must have been recorded before: the callback only hands it over with what is shown.
 */
export function releaseWith<T, R>(
  container: Unreleased<T>,
  show: (value: T) => { decision: RecordedDecision; shown: R },
): Released<R> {
  const { decision, shown } = show(read(container));
  requireAllowed(decision);
  return new Released(makingKey, shown, decision);
}

function requireAllowed(recorded: RecordedDecision): void {
  if (!RecordedDecision.is(recorded)) {
    throw new PolicyError('decision_not_recorded', 'Nothing is released before its decision is recorded.');
  }
  const { action, outcome, reasons } = recorded.decision;
  if (outcome !== 'allow') throw new PolicyError('release_refused', `The release was refused: ${reasons.join(', ')}.`);
  if (!RELEASING_ACTIONS.has(action)) {
    throw new PolicyError('decision_of_another_gate', `A decision on ${action} releases nothing.`);
  }
}

function requireKey(key: symbol, made: string): void {
  if (key !== makingKey) throw new PolicyError('decision_not_recorded', `${made} is made by release.ts alone.`);
}
