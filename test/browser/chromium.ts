// Starts the Chromium that is installed on this machine: none is downloaded, and none is silently left out.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Answers its path. Throws with how to install one when there is none. */
export function findChromium(path = process.env.PATH ?? ''): string {
  const found = path
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `no browser on PATH (looked for ${NAMES.join(', ')}): the tests of the console need Chromium, on Debian "apt-get install chromium"`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Containers offer Chromium's own sandbox neither user namespaces nor much shared memory. */
export function startChromium(flags: readonly string[] = []): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-component-update', ...flags];
  return chromium.launch({ executablePath: findChromium(), args });
}
