// Runs attacks against the service and its control, beside each other where they do not disturb each other.
import { type Actor, DemoFailure } from '../demo/api.ts';
import { becomeOperator } from '../demo/tenants.ts';
import { seededChance } from '../synthetic-people/random.ts';
import type { Attack, Trial } from './attack.ts';
import { outcomeLine } from './table.ts';
import { startTarget, type Target } from './target-service.ts';
import { type Outcome, outcomeOf } from './verdict.ts';

export interface SuiteOptions {
  readonly attacks: readonly Attack[];
  readonly trials: number;
  readonly seed: number;
  readonly folder: string;
  tell(line: string): void;
}

/** Attacks at a time against one service: answers wait more than they work. */
const BESIDE_EACH_OTHER = 3;
/** Attacks win nearly always against the control, so that fewer trials show it. */
const CONTROL_SHARE = 4;
const LEAST_CONTROL_TRIALS = 20;

export function controlTrials(trials: number): number {
  return Math.min(trials, Math.max(LEAST_CONTROL_TRIALS, Math.ceil(trials / CONTROL_SHARE)));
}

interface Scene {
  readonly service: Target;
  readonly operator: Actor;
  readonly trials: number;
}

/** One outcome for each attack, in their order. */
export async function runSuite(options: SuiteOptions): Promise<Outcome[]> {
  const { folder, trials } = options;
  const scenes = {
    service: await openScene(folder, { isControl: false, trials }),
    control: await openScene(folder, { isControl: true, trials: controlTrials(trials) }),
  };
  const outcomes = new Map<string, Outcome>();
  const tryOut = async (attack: Attack) => {
    const [service, control] = await Promise.all([
      runAttack(attack, scenes.service, options),
      runAttack(attack, scenes.control, options),
    ]);
    const outcome = outcomeOf(attack.name, { service, control });
    outcomes.set(attack.name, outcome);
    options.tell(outcomeLine(outcome));
  };
  await inLanes(
    options.attacks.filter(({ alone }) => !alone),
    BESIDE_EACH_OTHER,
    tryOut,
  );
  await inLanes(
    options.attacks.filter(({ alone }) => alone),
    1,
    tryOut,
  );
  await Promise.all(Object.values(scenes).map(({ service }) => service.child.stop()));
  return options.attacks.map(({ name }) => outcomes.get(name)!);
}

async function openScene(folder: string, of: { isControl: boolean; trials: number }): Promise<Scene> {
  const service = await startTarget(`${folder}/${of.isControl ? 'control' : 'service'}`, of);
  return { service, operator: await becomeOperator(service), trials: of.trials };
}

async function runAttack(attack: Attack, scene: Scene, { seed, tell }: SuiteOptions): Promise<Trial[]> {
  const { service } = scene;
  const trials = Math.min(scene.trials, attack.mostTrials ?? scene.trials);
  const where = service.isControl ? 'control' : 'service';
  const startedAt = performance.now();
  let over = 0;
  let told = 0;
  const progress = (more: number) => {
    over += more;
    if (over - told < trials / 4 && over < trials) return;
    told = over;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    tell(`${attack.name} against the ${where}: ${over} of ${trials}, ${seconds} s`);
  };
  try {
    const worlds = worldsOf(attack, trials).map((share, place) => {
      const name = `${attack.name} ${place}`;
      const chance = seededChance(seedOf(`${name} ${where}`, seed));
      return attack.run({ ...scene, trials: share, name, chance, progress });
    });
    return (await Promise.all(worlds)).flat();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new DemoFailure(`${attack.name} against the ${where}: ${said}\n${service.child.said()}`, { cause: error });
  }
}

/** How many trials each pair of tenants gets. */
function worldsOf({ trialsAWorld }: Attack, trials: number): number[] {
  const worlds = Math.ceil(trials / (trialsAWorld ?? trials));
  return Array.from({ length: worlds }, (_, place) => Math.floor((trials + place) / worlds));
}

/** Every world has coins of its own, the same in every run of one seed, whatever else runs. */
function seedOf(name: string, seed: number): number {
  return [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, seed);
}

async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
