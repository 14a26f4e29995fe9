// What a load and the thread of its kernel say to each other.
import type { KernelResult } from '../anonymise.ts';
import type { LoadFailureCode } from '../load-request.ts';

export type ToThread =
  | { readonly kind: 'file' | 'archive' | 'end' | 'finish' }
  | { readonly kind: 'block'; readonly memory: ArrayBuffer; readonly length: number };

export type FromThread =
  | { readonly kind: 'done' }
  /** The memory of a block, to be filled with another. */
  | { readonly kind: 'taken'; readonly memory: ArrayBuffer }
  | { readonly kind: 'progress'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'finished'; readonly result: KernelResult }
  | {
      readonly kind: 'failed';
      readonly code: LoadFailureCode;
      readonly hint: string;
      readonly row: number | undefined;
      readonly field: string | undefined;
    };
