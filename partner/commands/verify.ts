// `verify`: receipts (.tlog-proof) and checkpoints, offline. Only the verifier keys given are trusted, never what a file says of itself.
import { readFile, stat } from 'node:fs/promises';
import { AuditError } from '../../audit/audit-error.ts';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { passed, TICKS, type Tick } from '../../audit/ticks.ts';
import { type Trust, type Verification, verifyConsistencyBetween, verifyReceipt } from '../../audit/verify.ts';
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
}

export async function verifyCommand(path: string, options: VerifyOptions): Promise<CommandResult> {
  const trust = await trustOf(options);
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
  try {
    const opened = await openCheckpoint(text, trust);
    const detail = `${opened.origin}, ${opened.size} entries`;
    return report(
      path,
      'checkpoint',
      { ok: true, ticks: [passed('signature', detail)] },
      { size: opened.size, origin: opened.origin },
    );
  } catch (cause) {
    if (!(cause instanceof AuditError) || cause.code === 'key_malformed') throw cause;
    return report(path, 'checkpoint', { ok: false, ticks: [{ ...passed('signature', cause.message), ok: false }] }, {});
  }
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
  if (verifierKeys.length === 0) {
    throw new CommandError('usage', 'verify needs a verifier key: --key <key> or --key-file <file>', {
      hint: 'take it from a source other than the file to verify',
    });
  }
  return { verifierKeys, ...(options.origin === undefined ? {} : { origin: options.origin }) };
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
