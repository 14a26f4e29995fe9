// What a load and the thread of its kernel say to each other.
import type { KernelResult } from '../anonymise.ts';
import type { LoadFailureCode } from '../load-request.ts';

export type ToThread =
  | { readonly kind: 'file' | 'archive' | 'end' | 'finish' }
  | { readonly kind: 'block'; readonly bytes: Uint8Array };

export type FromThread =
  | { readonly kind: 'taken' | 'done' }
  | { readonly kind: 'progress'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'finished'; readonly result: KernelResult }
  | {
      readonly kind: 'failed';
      readonly code: LoadFailureCode;
      readonly hint: string;
      readonly row: number | undefined;
      readonly field: string | undefined;
    };
