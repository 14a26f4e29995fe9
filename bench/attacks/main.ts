// `npm run attacks`: every attack against a running service, its success beside the bound and beside the control.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoFailure } from '../demo/api.ts';
import { stopChildren } from '../demo/child.ts';
import { ATTACKS } from './attacks.ts';
import { controlTrials, runSuite } from './suite.ts';
import { tableLines } from './table.ts';
import { faultsOf } from './verdict.ts';

const USAGE = `npm run attacks -- [--trials 200] [--attack NAME] [--seed 1] [--json]

  --trials   hidden coins for each attack, 8 to 1200; a quarter as many against the control
  --attack   this attack alone; may be given several times
  --seed     of the coins and of what attackers choose; the service's noise is its own
  --json     print one JSON array of {attack, trials, success, bound, control} on stdout and nothing else
  --list     print the names of the attacks

Ends with 0 when every attack failed and had power, 1 when one won or had none, 2 when it was called wrongly.
`;

interface Options {
  readonly trials: number;
  readonly seed: number;
  readonly json: boolean;
  readonly names: readonly string[];
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const attacks = ATTACKS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-attacks-'));
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopChildren().then(() => process.exit(130)));
  }
  tell(
    `${attacks.length} attacks, ${options.trials} trials each, ${controlTrials(options.trials)} against the control, seed ${options.seed}`,
  );
  try {
    const outcomes = await runSuite({ ...options, attacks, folder, tell });
    const faults = outcomes.flatMap((outcome) => faultsOf(outcome).map((fault) => `${outcome.attack}: ${fault}`));
    process.stdout.write(options.json ? `${JSON.stringify(outcomes)}\n` : `${tableLines(outcomes).join('\n')}\n`);
    for (const fault of faults) tell(fault);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    tell(error instanceof DemoFailure ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  } finally {
    await stopChildren();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(): Options | number {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      attack: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.list) {
    process.stdout.write(values.help ? USAGE : `${ATTACKS.map(({ name }) => name).join('\n')}\n`);
    return 0;
  }
  const [trials, seed] = [Number(values.trials), Number(values.seed)];
  const unknown = values.attack.filter((name) => !ATTACKS.some((attack) => attack.name === name));
  if (!(Number.isInteger(trials) && trials >= 8 && trials <= 1_200)) return usage('--trials wants 8 to 1200');
  if (!Number.isSafeInteger(seed)) return usage('--seed wants a whole number');
  if (unknown.length > 0) return usage(`no attack is called ${unknown.join(', ')}; --list names them`);
  return { trials, seed, json: values.json, names: values.attack };
}

function usage(problem: string): number {
  process.stderr.write(`${problem}\n\n${USAGE}`);
  return 2;
}

process.exitCode = await main();
