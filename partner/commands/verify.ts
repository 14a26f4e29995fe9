// `verify`: receipts (.tlog-proof) and checkpoints, offline. Only the verifier keys given are trusted, never what a file says of itself.
import { readFile, stat } from 'node:fs/promises';
import { AuditError } from '../../audit/audit-error.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { TICKS, type Tick } from '../../audit/ticks.ts';
import {
  type Trust,
  type Verification,
  verifyCheckpoint,
  verifyConsistencyBetween,
  verifyLog,
  verifyReceipt,
} from '../../audit/verify.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../audit/witness-policy.ts';
import { entriesOf } from '../audit/exported-log.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { errnoOf } from '../hashing/input-file.ts';
import { MAX_PROOF_BYTES } from '../limits.ts';
import type { CommandResult, JsonFlag } from '../terminal.ts';

export interface VerifyOptions extends JsonFlag {
  /** Verifier keys themselves; they are public. */
  readonly key: readonly string[];
  readonly keyFile?: string;
  readonly origin?: string;
  /** The event a receipt is about, where it does not carry it. */
  readonly event?: string;
  /** An older checkpoint that was kept, and the consistency proof from it. */
  readonly since?: string;
  readonly proof?: string;
  /** The witness policy: who must have cosigned. */
  readonly policy?: string;
  /** Of a whole exported log: the checkpoint it must be whole against, and older ones that were kept. */
  readonly checkpoint?: string;
  readonly kept?: readonly string[];
}

export async function verifyCommand(path: string, options: VerifyOptions): Promise<CommandResult> {
  const trust = await trustOf(options);
  if (options.checkpoint !== undefined) return wholeLog(path, options.checkpoint, options, trust);
  const text = await readText(path);
  try {
    if (text.startsWith('c2sp.org/tlog-proof@')) return await receipt(text, path, options, trust);
    if (options.since !== undefined || options.proof !== undefined)
      return await consistency(text, path, options, trust);
    return await checkpoint(text, path, trust);
  } catch (cause) {
    if (cause instanceof AuditError && cause.code === 'key_malformed') {
      throw new CommandError('key_invalid', 'a verifier key is not valid', {
        cause,
        hint: 'name+hex+base64, as /v1/audit/key shows it',
      });
    }
    throw cause;
  }
}

/** An export of the whole log, read as a stream: a log of a million events takes flat memory. */
async function wholeLog(
  path: string,
  checkpointPath: string,
  options: VerifyOptions,
  trust: Trust,
): Promise<CommandResult> {
  const keptCheckpoints = await Promise.all((options.kept ?? []).map(readText));
  const verified = await verifyLog({
    ...trust,
    entries: entriesOf(path),
    checkpoint: await readText(checkpointPath),
    keptCheckpoints,
  });
  const made = report(path, 'log', verified, {
    ...(verified.checkpoint === undefined
      ? {}
      : { size: verified.checkpoint.size, origin: verified.checkpoint.origin }),
    silences: verified.silences,
  });
  const silences = verified.silences.map(
    ({ afterIndex, from, to }) => `silence after event ${afterIndex}: ${from} to ${to}`,
  );
  return { ...made, text: [made.text, ...silences].join('\n') };
}

async function receipt(text: string, path: string, options: VerifyOptions, trust: Trust): Promise<CommandResult> {
  const event = options.event === undefined ? {} : { event: await readEvent(options.event) };
  const verified = await verifyReceipt({ ...trust, receipt: text, ...event });
  return report(path, 'receipt', verified, {
    ...(verified.index === undefined ? {} : { index: verified.index }),
    ...(verified.checkpoint === undefined
      ? {}
      : { size: verified.checkpoint.size, origin: verified.checkpoint.origin }),
    ...(verified.event === undefined ? {} : { event: verified.event }),
  });
}

async function consistency(text: string, path: string, options: VerifyOptions, trust: Trust): Promise<CommandResult> {
  if (options.since === undefined || options.proof === undefined) {
    throw new CommandError('usage', '--since <older checkpoint> and --proof <consistency proof> go together');
  }
  const proof = (await readText(options.proof)).split('\n').filter((line) => line !== '');
  const oldCheckpoint = await readText(options.since);
  const verified = await verifyConsistencyBetween({ ...trust, oldCheckpoint, newCheckpoint: text, proof });
  return report(path, 'consistency', verified, {
    ...(verified.oldCheckpoint === undefined ? {} : { oldSize: verified.oldCheckpoint.size }),
    ...(verified.newCheckpoint === undefined
      ? {}
      : { size: verified.newCheckpoint.size, origin: verified.newCheckpoint.origin }),
  });
}

async function checkpoint(text: string, path: string, trust: Trust): Promise<CommandResult> {
  const { checkpoint: opened, ...verified } = await verifyCheckpoint({ ...trust, checkpoint: text });
  return report(path, 'checkpoint', verified, opened === undefined ? {} : { size: opened.size, origin: opened.origin });
}

function report(path: string, kind: string, { ok, ticks }: Verification, facts: object): CommandResult {
  const lines = ticks.flatMap((tick) => [`${tick.ok ? '✔' : '✘'} ${tick.name}: ${tick.detail}`, ...limitsOf(tick)]);
  return {
    result: { file: path, kind, verified: ok, ...facts, ticks },
    text: [`${path}: ${kind} ${ok ? 'verified' : 'NOT verified'}`, ...lines].join('\n'),
    exitCode: ok ? EXIT.ok : EXIT.failed,
  };
}

/** What a tick does not prove stands beside it, so that nobody reads more into it. */
function limitsOf(tick: Tick): string[] {
  return tick.ok ? [`    does not prove: ${TICKS[tick.name].doesNotProve}`] : [];
}

async function trustOf(options: VerifyOptions): Promise<Trust> {
  const fromFile = options.keyFile === undefined ? [] : (await readText(options.keyFile)).split('\n');
  const verifierKeys = [...options.key, ...fromFile].map((key) => key.trim()).filter((key) => key !== '');
  const witnessPolicy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  if (verifierKeys.length === 0 && (witnessPolicy?.logs.length ?? 0) === 0) {
    throw new CommandError(
      'usage',
      'verify needs a verifier key: --key <key>, --key-file <file>, or a --policy with a log',
      {
        hint: 'take it from a source other than the file to verify',
      },
    );
  }
  const origin = options.origin === undefined ? {} : { origin: options.origin };
  return { verifierKeys, ...origin, ...(witnessPolicy && { witnessPolicy }) };
}

async function readPolicy(path: string): Promise<WitnessPolicy> {
  try {
    return parseWitnessPolicy(await readText(path));
  } catch (cause) {
    if (!(cause instanceof AuditError)) throw cause;
    throw new CommandError('key_invalid', `${path}: ${cause.message}`, { cause });
  }
}

async function readEvent(path: string): Promise<AuditEvent> {
  try {
    return JSON.parse(await readText(path)) as AuditEvent;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('proof_invalid', `${path} is not an event in JSON`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_PROOF_BYTES) throw new CommandError('proof_invalid', `${path} is too large`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('file_unreadable', `cannot read ${path}`, { cause, hint: errnoOf(cause) });
  }
}
