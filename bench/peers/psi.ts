// Private set intersection by @openmined/psi.js. It builds native code when it is installed, which nobody needs and many
// cannot, so it is fetched here without its scripts, into a folder that goes away, and is no dependency of the project.
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OnboardingFiles } from '../onboarding-files.ts';

const PACKAGE = '@openmined/psi.js';
const VERSION = '2.0.6';
/** Wrongly found at most once in so many. */
const FALSE_POSITIVES = 1e-9;

/** A side of the protocol, by the library's own names of its steps. */
type Party = Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
interface Psi {
  readonly client: { createWithNewKey(revealIntersection: boolean): Party };
  readonly server: { createWithNewKey(revealIntersection: boolean): Party };
  readonly dataStructure: { readonly Raw: unknown };
}

/** Where npm may put it; fetched before the clock starts. */
export function fetchPsi(folder: string): void {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--prefix', folder];
  execFileSync('npm', [...args, `${PACKAGE}@${VERSION}`], { stdio: 'ignore' });
}

export async function intersectPrivately(files: OnboardingFiles, folder: string) {
  fetchPsi(folder);
  const load = createRequire(join(folder, 'package.json'))(PACKAGE) as () => Promise<Psi>;
  const psi = await load();
  const [left, right] = [await emailsOf(files.left.path), await emailsOf(files.right.path)];
  const started = performance.now();
  const client = psi.client.createWithNewKey(true);
  const server = psi.server.createWithNewKey(true);
  const setup = call(server, 'createSetupMessage', FALSE_POSITIVES, left.length, right, psi.dataStructure.Raw);
  const response = call(server, 'processRequest', call(client, 'createRequest', left));
  const found = (call(client, 'getIntersection', setup, response) as number[]).length;
  const seconds = (performance.now() - started) / 1000;
  if (found !== files.truth.byEmail) throw new Error(`psi found ${found} emails, ${files.truth.byEmail} are true`);
  return { seconds, version: VERSION };
}

function call(party: Party, step: string, ...values: readonly unknown[]): unknown {
  const run = party[step];
  if (run === undefined) throw new Error(`${PACKAGE} has no ${step}`);
  return run.apply(party, [...values]);
}

async function emailsOf(path: string): Promise<string[]> {
  const emails: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) emails.push(line.slice(0, 64));
  return emails.slice(1);
}
