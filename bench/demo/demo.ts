// `npm run demo`: the exchange of Osec and Rando+ once, for real, in a temporary folder. With --json, one JSON object on stdout;
// with --open or --keep the service stays up afterwards, to be looked at.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoFailure } from './api.ts';
import { stopChildren } from './child.ts';
import { paletteFor } from './colours.ts';
import { DEMO_USAGE, type DemoOptions, demoOptions } from './options.ts';
import { reportLines } from './report.ts';
import { isStayingUp, stayUp } from './stay-up.ts';
import { playExchange } from './story.ts';

async function main(): Promise<number> {
  const options = demoOptions(process.argv.slice(2));
  if ('problem' in options) {
    process.stderr.write(`${options.problem}\n\n${DEMO_USAGE}`);
    return options.problem === '' ? 0 : 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-demo-'));
  const tidyUp = () => {
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  };
  let interrupted = false;
  const interrupt = async () => {
    interrupted = true;
    await stopChildren();
    tidyUp();
    // Whoever leaves a service up ends it so; anything else was broken off.
    process.exit(isStayingUp() ? 0 : 130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupt());
  try {
    return await play(folder, options);
  } catch (error) {
    // What fails while everything is being ended is no failure of theirs.
    if (interrupted) return 130;
    const told = error instanceof DemoFailure ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`\nThe demo failed.\n${told}\n`);
    return 1;
  } finally {
    tidyUp();
  }
}

async function play(folder: string, options: DemoOptions): Promise<number> {
  const palette = paletteFor(process.stdout, process.env);
  const tell = (step: string) => process.stderr.write(options.json ? '' : `  ${palette.dim(`· ${step}`)}\n`);
  let code = 1;
  await playExchange(folder, options, tell, async (facts, ending) => {
    const { outcome } = facts;
    if (options.json) {
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
    } else {
      const proofsFolder = options.keep ? facts.proofsFolder : keepProofs(facts.proofsFolder);
      const shown = { ...facts, proofsFolder, dataFolder: options.keep ? folder : undefined };
      process.stdout.write(`${reportLines(shown, palette).join('\n')}\n`);
    }
    const asTruth = outcome.match.matched === outcome.truth.matched;
    code = asTruth && outcome.audit.verified && outcome.delivery.status === 'delivered' ? 0 : 1;
    if (options.keep || options.open) await stayUp(ending, { ...options, tell, palette });
  });
  return code;
}

/** The people go, the proofs stay: they hold no personal data, and the reader may want to verify them. */
function keepProofs(from: string): string {
  const kept = mkdtempSync(join(tmpdir(), 'ecluse-proofs-'));
  cpSync(from, kept, { recursive: true });
  return kept;
}

process.exitCode = await main();
