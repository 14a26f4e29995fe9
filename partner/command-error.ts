// Why a command ended without its result: a stable code, a sentence and a hint, never a person's value.
import { FileFault } from '../identifiers/file-fault.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

export type CommandErrorCode =
  | 'usage'
  | 'file_unreadable'
  | 'file_unwritable'
  | 'file_empty'
  | 'compression_truncated'
  | 'compression_unsupported'
  | 'encoding_invalid'
  | 'quote_unclosed'
  | 'record_too_long'
  | 'header_invalid'
  | 'column_missing'
  | 'column_unknown'
  | 'column_duplicate'
  | 'schema_invalid'
  | 'salt_missing'
  | 'salt_invalid'
  | 'key_invalid'
  | 'api_key_missing'
  | 'unauthenticated'
  | 'refused'
  | 'network'
  | 'service_error'
  | 'load_failed'
  | 'proof_invalid'
  | 'interrupted'
  | 'internal';

export interface CommandErrorDetail {
  readonly hint?: string;
  /** 1-based number of the data row, where one is at fault. */
  readonly row?: number;
  readonly field?: string;
  readonly issues?: readonly { pointer: string; message: string; hint: string }[];
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

const EXIT_CODES: Partial<Record<CommandErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  salt_missing: EXIT.usage,
  api_key_missing: EXIT.usage,
  unauthenticated: EXIT.authentication,
  refused: EXIT.refused,
  network: EXIT.network,
  interrupted: EXIT.interrupted,
};

export class CommandError extends Error {
  readonly code: CommandErrorCode;
  readonly exitCode: ExitCode;
  readonly detail: CommandErrorDetail;

  constructor(code: CommandErrorCode, message: string, detail: CommandErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = 'CommandError';
    this.code = code;
    this.exitCode = detail.exitCode ?? EXIT_CODES[code] ?? EXIT.failed;
    this.detail = detail;
  }

  toJSON(): object {
    const { hint, row, field, issues } = this.detail;
    return {
      code: this.code,
      message: this.message,
      ...(hint === undefined ? {} : { hint }),
      ...(row === undefined ? {} : { row }),
      ...(field === undefined ? {} : { field }),
      ...(issues === undefined ? {} : { issues }),
    };
  }
}

export function interrupted(): CommandError {
  return new CommandError('interrupted', 'interrupted');
}

/** A fault of the file itself is told by its own code; anything else stays what it was. */
export function commandErrorOfFile(cause: unknown): unknown {
  return cause instanceof FileFault ? new CommandError(cause.code, cause.message, { ...cause.detail, cause }) : cause;
}
