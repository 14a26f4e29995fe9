// What a job and the thread of its kernel say to each other.
import type { IncrementBase, KernelRequest, KernelResult } from '../anonymise.ts';
import type { LoadFailureCode } from '../load-request.ts';
import type { VersionFile } from '../version-files.ts';
import type { JoinedFiles } from './join-files.ts';
import type { KernelTask } from './kernel-threads.ts';
import type { CountedKeys } from './key-layers.ts';
import type { RekeyedFile } from './rekey-file.ts';
import type { TouchedPersons } from './touched-persons.ts';

export type ToThread =
  | KernelTask
  | { readonly kind: 'load'; readonly request: KernelRequest }
  | { readonly kind: 'file' | 'strings' | 'archive' | 'increment' | 'ask' | 'end' }
  | { readonly kind: 'touch'; readonly base: IncrementBase }
  | { readonly kind: 'finish'; readonly base: IncrementBase | undefined }
  /** The load failed, and no more of it follows. */
  | { readonly kind: 'abandon' }
  | { readonly kind: 'block'; readonly memory: ArrayBuffer; readonly length: number };

export type FromThread =
  | { readonly kind: 'done' }
  /** The memory of a block, to be filled with another. */
  | { readonly kind: 'taken'; readonly memory: ArrayBuffer }
  | { readonly kind: 'progress'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'asked'; readonly records: string | undefined }
  | { readonly kind: 'touched'; readonly touched: TouchedPersons }
  /** One file of the version is whole; others follow. */
  | { readonly kind: 'written'; readonly file: VersionFile }
  | { readonly kind: 'finished'; readonly result: KernelResult }
  | { readonly kind: 'result'; readonly result: RekeyedFile | JoinedFiles | CountedKeys | Uint32Array }
  | {
      readonly kind: 'failed';
      readonly code: LoadFailureCode;
      readonly hint: string;
      readonly row: number | undefined;
      readonly field: string | undefined;
    };
