// The partner's side: the real command line, as one file, run as a partner runs it.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Load } from '../../openapi/generated/api.ts';
import { type Actor, answer, DemoFailure } from './api.ts';
import { runChild } from './child.ts';
import type { PartnerFiles } from './files.ts';
import { withoutSettings } from './service.ts';

const PROGRAM = new URL('../../dist/ecluse-partner.mjs', import.meta.url).pathname;
const BUILD = new URL('../../partner/build.ts', import.meta.url).pathname;

/** The command line answers 3 when rows were left out: that is a result, not a failure. */
const SOME_ROWS_REJECTED = 3;

export interface HashedFile {
  readonly received: number;
  readonly accepted: number;
  readonly rejected: Record<string, number>;
}

/** The program is built once; a checkout that was never built is built here. */
export async function buildPartnerProgram(): Promise<void> {
  if (existsSync(PROGRAM)) return;
  const { code, stderr } = await runChild([BUILD], { cwd: new URL('../..', import.meta.url).pathname });
  if (code !== 0) throw new DemoFailure(`building the partner's program failed:\n${stderr}`);
}

export async function fetchSalt(engineer: Actor, files: PartnerFiles): Promise<{ saltId: string }> {
  const { items } = await answer('fetching the salt', engineer.api.GET('/v1/salts'));
  const salt = items[0];
  if (!salt) throw new DemoFailure('fetching the salt: the service has issued none');
  await writeFile(files.salt, `${salt.value}\n`, { mode: 0o600 });
  return { saltId: salt.id };
}

export async function hashOnPartnersMachine(files: PartnerFiles): Promise<HashedFile> {
  const flags = ['--schema', files.schema, '--salt-file', files.salt, '-o', files.hashed];
  return partner<HashedFile>(['hash', files.clear, ...flags, '--json'], files.folder, [SOME_ROWS_REJECTED]);
}

/** Uploads the hashed file, has it loaded and waits for the end. */
export async function uploadAndLoad(
  service: { url: string },
  engineer: Actor,
  target: { files: PartnerFiles; datasetId: string },
): Promise<Load> {
  const { files, datasetId } = target;
  const keyFile = join(files.folder, 'api-key.txt');
  await writeFile(keyFile, engineer.secret, { mode: 0o600 });
  const flags = [
    '--url',
    service.url,
    '--api-key-file',
    keyFile,
    '--dataset',
    datasetId,
    '--load',
    'replace',
    '--json',
  ];
  const { load } = await partner<{ load: Load }>(['upload', files.hashed, ...flags], files.folder, [
    SOME_ROWS_REJECTED,
  ]);
  return load;
}

/** Checks one receipt or checkpoint; only the key in the file is trusted. */
export async function verifyOffline(file: string, keyFile: string, folder: string): Promise<boolean> {
  const args = [PROGRAM, 'verify', file, '--key-file', keyFile];
  const { code } = await runChild(args, { cwd: folder, env: withoutSettings(process.env) });
  return code === 0;
}

async function partner<Result>(
  args: readonly string[],
  cwd: string,
  alsoFine: readonly number[] = [],
): Promise<Result> {
  const { code, stdout, stderr } = await runChild([PROGRAM, ...args], { cwd, env: withoutSettings(process.env) });
  if (code !== 0 && !alsoFine.includes(code)) {
    throw new DemoFailure(`ecluse-partner ${args[0]} ended with ${code}:\n${stderr}${stdout}`);
  }
  return JSON.parse(stdout) as Result;
}
