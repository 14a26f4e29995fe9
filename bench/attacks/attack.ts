// What an attack is: a partner's script against a running service, tried on many persons, of whom each may be a customer or not.
import type { Actor } from '../demo/api.ts';
import type { Chance } from '../synthetic-people/random.ts';

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
  /** So many trials at most between one pair of tenants, who have a hundred releases a day; all of them if absent. */
  readonly trialsAWorld?: number;
  /** Of an attack whose trials stop everything else at the service. */
  readonly mostTrials?: number;
  /** Needs the machine, or the service, for itself. */
  readonly alone?: true;
  run(arena: Arena): Promise<Trial[]>;
}

/** Where the service listens; attacks speak HTTP with it and nothing else. */
export interface Address {
  readonly url: string;
  /** Of the API's process, whose child is the worker: for crashes. */
  readonly pid: number;
}

export interface Arena {
  /** Unlike that of any other arena at the same service. */
  readonly name: string;
  readonly service: Address;
  readonly operator: Actor;
  /** All chance of the attack: coins, and choices of the attacker. */
  readonly chance: Chance;
  readonly trials: number;
  /** Told when so many more trials are over. */
  progress(trials: number): void;
}

/** Every trial at the place of its own turn: those of one place go one after the other, as a collaboration's jobs do. */
export async function tryInTurns<Place>(
  { progress }: Pick<Arena, 'progress'>,
  scene: { readonly places: readonly Place[]; readonly isCustomer: readonly boolean[] },
  script: (trial: number, place: Place) => Promise<Omit<Trial, 'isCustomer'>>,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  await Promise.all(
    scene.places.map(async (place, turn) => {
      for (let trial = turn; trial < scene.isCustomer.length; trial += scene.places.length) {
        trials[trial] = { isCustomer: scene.isCustomer[trial] ?? false, ...(await script(trial, place)) };
        progress(1);
      }
    }),
  );
  return trials;
}
