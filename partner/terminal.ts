// What a command may touch of the world outside: streams, environment, signal. Tests give their own.
import type { Readable, Writable } from 'node:stream';
import type { ExitCode } from './exit-code.ts';

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** This program's own module, which workers start from. */
  readonly programUrl: URL;
}

/** `result` is what --json prints, `text` what people read on standard output. */
export interface CommandResult {
  readonly result: object;
  readonly text: string;
  readonly exitCode: ExitCode;
}

export interface JsonFlag {
  readonly json?: boolean;
}
