// What an attack is: a partner's script against a running service, tried on many persons, of whom each may be a customer or not.
import type { Actor } from '../demo/api.ts';
import type { Chance } from '../synthetic-people/random.ts';
import type { Target } from './target-service.ts';

/** One hidden coin, and what the attacker took it for. */
export interface Trial {
  readonly isCustomer: boolean;
  readonly guess: boolean;
  /** Whole 10⁻¹² ρ that the service charged for every answer that could tell of this person. */
  readonly picoRho: number;
}

export interface Attack {
  readonly name: string;
  /** Where it was published, or by what it was found. */
  readonly source: string;
  readonly does: string;
  /** Why it fails, where it fails. */
  readonly failsBecause: string;
  /** Needs the machine, or the service, for itself. */
  readonly alone?: true;
  run(arena: Arena): Promise<Trial[]>;
}

export interface Arena {
  /** Unlike that of any other arena at the same service. */
  readonly name: string;
  readonly service: Target;
  readonly operator: Actor;
  /** All chance of the attack: coins, and choices of the attacker. */
  readonly chance: Chance;
  readonly trials: number;
  /** Told when so many more trials are over. */
  progress(trials: number): void;
}
