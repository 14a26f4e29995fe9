// `hash`: a file of people in, the same file in salted digests out. Rejected rows go to a list of row, field and code.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { HashSummary } from '../../identifiers/hashing/hash-stream.ts';
import { makeFileKey, type SealedFileKey } from '../../identifiers/sealed-id.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { type Output, openAtomicFile, streamOutput } from '../hashing/atomic-file.ts';
import { hashFile } from '../hashing/hash-file.ts';
import { grouped, type ProgressStyle, startProgress } from '../progress.ts';
import { readSchemaFile } from '../schema-file.ts';
import { getSecret } from '../secrets.ts';
import type { CommandResult, JsonFlag, Terminal } from '../terminal.ts';
import { readPublicKeyFile } from './keygen.ts';

export interface HashOptions extends JsonFlag {
  readonly schema?: string;
  readonly saltFile?: string;
  readonly output?: string;
  readonly rejects?: string;
  readonly egressKey?: string;
  readonly leaveOut?: readonly string[];
  readonly workers?: number;
  readonly progress: ProgressStyle;
}

export const SALT = { name: 'salt', fileOption: '--salt-file', variable: 'ECLUSE_SALT' } as const;

interface Places {
  readonly input: string;
  readonly output: string;
  readonly rejects: string;
  readonly fileKey: string;
}

export async function hashCommand(input: string, options: HashOptions, terminal: Terminal): Promise<CommandResult> {
  const places = placesOf(input, options);
  const schema = await readSchemaFile(options.schema!);
  const sealing = await sealingKey(schema, options);
  const saltFile = options.saltFile === undefined ? {} : { file: options.saltFile };
  const salt = await getSecret({ ...SALT, ...saltFile }, terminal, !options.json && input !== '-');
  const started = performance.now();
  const progress = startProgress(options.progress, terminal);
  const outputs: Output[] = [];
  const opened = async (path: string): Promise<Output> => {
    const output = path === '-' ? streamOutput(terminal.stdout) : await openAtomicFile(path);
    outputs.push(output);
    return output;
  };
  try {
    const summary = await hashFile({
      input,
      schema,
      salt,
      output: await opened(places.output),
      rejects: await opened(places.rejects),
      ...(sealing === undefined ? {} : { fileKey: sealing.fileKey }),
      leftOut: new Set(options.leaveOut),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      workerUrl: terminal.programUrl,
      stdin: terminal.stdin,
      signal: terminal.signal,
      onProgress: ({ readBytes, totalBytes, rows }) =>
        progress.show({
          done: readBytes,
          note: `${grouped(rows)} rows`,
          ...(totalBytes === undefined ? {} : { total: totalBytes }),
        }),
    });
    progress.end();
    if (sealing) await (await opened(places.fileKey)).write(Buffer.from(`${JSON.stringify(sealing.sealed)}\n`));
    for (const output of outputs) await output.commit();
    return report(summary, places, { sealed: sealing !== undefined, seconds: (performance.now() - started) / 1000 });
  } catch (cause) {
    for (const output of outputs) await output.discard();
    throw cause;
  }
}

function placesOf(input: string, options: HashOptions): Places {
  if (options.schema === undefined) throw new CommandError('usage', 'hash needs --schema <file>');
  const output = options.output ?? (input === '-' ? '-' : `${stem(input)}.hashed.csv`);
  if (output === '-' && options.json) {
    throw new CommandError('usage', '--json and an output on standard output exclude each other', {
      hint: 'use -o <file>',
    });
  }
  if (/\.(gz|zst)$/i.test(output)) {
    throw new CommandError('usage', 'the output is written plain', { hint: 'name it .csv and compress it afterwards' });
  }
  const rejects =
    options.rejects ?? `${output === '-' ? (input === '-' ? 'hash' : stem(input)) : stem(output)}.rejects.csv`;
  if (rejects === '-') throw new CommandError('usage', 'the rejects go to a file');
  const fileKey = `${output === '-' ? 'hash' : output}.key.json`;
  const read = [input, options.schema, options.saltFile, options.egressKey].filter(
    (path) => path !== undefined && path !== '-',
  );
  const taken = new Set(read.map((path) => resolve(path!)));
  for (const written of [output, rejects, fileKey]) {
    if (written === '-') continue;
    if (taken.has(resolve(written)))
      throw new CommandError('usage', `${written} would be overwritten`, { hint: 'choose another name' });
    taken.add(resolve(written));
  }
  return { input, output, rejects, fileKey };
}

/** crm.csv, crm.csv.gz → crm; people.hashed.csv → people.hashed */
function stem(path: string): string {
  return path.replace(/\.(gz|zst)$/i, '').replace(/\.(csv|txt|tsv)$/i, '');
}

async function sealingKey(
  schema: DatasetSchema,
  options: HashOptions,
): Promise<{ fileKey: Uint8Array; sealed: SealedFileKey } | undefined> {
  const seals = Object.values(schema.columns).some(
    (column) => column.role === 'activation-id' && column.profile !== undefined,
  );
  if (!seals) return undefined;
  if (options.egressKey === undefined) {
    throw new CommandError('usage', 'the schema has a platform-digest column, which needs --egress-key <file>', {
      hint: "the service's egress public key",
    });
  }
  return makeFileKey(await readPublicKeyFile(options.egressKey, (path) => readFile(path, 'utf8')));
}

function report(summary: HashSummary, places: Places, run: { sealed: boolean; seconds: number }): CommandResult {
  const rejected = summary.received - summary.accepted;
  const files = { output: places.output, rejects: places.rejects, ...(run.sealed ? { fileKey: places.fileKey } : {}) };
  const rowsPerSecond = Math.round(summary.received / Math.max(run.seconds, 1e-6));
  const lines = [
    `${grouped(summary.received)} rows received, ${grouped(summary.accepted)} accepted, ${grouped(rejected)} rejected`,
    ...Object.entries(summary.rejected).map(([code, rows]) => `  ${grouped(rows)} rows left out: ${code}`),
    ...Object.entries(summary.blanked).flatMap(([field, codes]) =>
      Object.entries(codes).map(([code, cells]) => `  ${grouped(cells)} cells blanked in ${field}: ${code}`),
    ),
    `hashed file: ${files.output === '-' ? 'standard output' : files.output}`,
    `rejects (row, field, code): ${files.rejects}`,
    ...(run.sealed ? [`sealed file key: ${places.fileKey}`] : []),
  ];
  return {
    result: { ...summary, files, seconds: Number(run.seconds.toFixed(3)), rowsPerSecond },
    text: lines.join('\n'),
    exitCode: rejected > 0 ? EXIT.someRowsRejected : EXIT.ok,
  };
}
