// What a job and the thread of its kernel say to each other.
import type { KernelRequest, KernelResult } from '../anonymise.ts';
import type { LoadFailureCode } from '../load-request.ts';
import type { JoinedFiles } from './join-files.ts';
import type { KernelTask } from './kernel-threads.ts';
import type { CountedFile } from './key-file.ts';
import type { RekeyedFile } from './rekey-file.ts';

export type ToThread =
  | KernelTask
  | { readonly kind: 'load'; readonly request: KernelRequest }
  | { readonly kind: 'file' | 'strings' | 'archive' | 'end' | 'finish' }
  /** The load failed, and no more of it follows. */
  | { readonly kind: 'abandon' }
  | { readonly kind: 'block'; readonly memory: ArrayBuffer; readonly length: number };

export type FromThread =
  | { readonly kind: 'done' }
  /** The memory of a block, to be filled with another. */
  | { readonly kind: 'taken'; readonly memory: ArrayBuffer }
  | { readonly kind: 'progress'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'finished'; readonly result: KernelResult }
  | { readonly kind: 'result'; readonly result: RekeyedFile | JoinedFiles | CountedFile }
  | {
      readonly kind: 'failed';
      readonly code: LoadFailureCode;
      readonly hint: string;
      readonly row: number | undefined;
      readonly field: string | undefined;
    };
