// What an approver is shown, as a difference that can be drawn: words that come and go, lines of a text, or one value for another.
// Also the hash of what is shown, so that a decision names what this browser drew and not what the service says it drew.
import { hexOf } from '../../../../audit/bytes.ts';
import { canonicalJson, type JsonValue } from '../../../../audit/canonical-json.ts';
import { sha256 } from '../../../../audit/sha256.ts';
import type { ApprovalShown } from '../../../../openapi/generated/api.ts';

export type Change = ApprovalShown['changes'][number];

interface Place {
  /** From the outermost: `activation`, `destinations`. */
  readonly path: readonly string[];
  readonly kind: 'added' | 'removed' | 'changed';
}

export type Difference = Place &
  (
    | { readonly form: 'words'; readonly kept: string[]; readonly added: string[]; readonly gone: string[] }
    | { readonly form: 'lines'; readonly lines: readonly Line[] }
    | { readonly form: 'value'; readonly before: string | undefined; readonly after: string | undefined }
  );

export interface Line {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
}

export function differenceOf({ pointer, before, after }: Change): Difference {
  const kind = isAbsent(before) ? 'added' : isAbsent(after) ? 'removed' : 'changed';
  const place = { path: pathOf(pointer), kind } as const;
  if (isWordsOrAbsent(before) && isWordsOrAbsent(after)) {
    const [from, to] = [before ?? [], after ?? []];
    const kept = from.filter((word) => to.includes(word));
    return {
      ...{ ...place, form: 'words', kept },
      added: to.filter((word) => !from.includes(word)),
      gone: from.filter((word) => !to.includes(word)),
    };
  }
  if (isLong(before) || isLong(after))
    return { ...place, form: 'lines', lines: lineDifference(textOf(before) ?? '', textOf(after) ?? '') };
  return { ...place, form: 'value', before: textOf(before), after: textOf(after) };
}

/** The longest common lines stay, what lies between was taken out or put in. For texts of a few hundred lines. */
export function lineDifference(before: string, after: string): Line[] {
  const from = before === '' ? [] : before.split('\n');
  const to = after === '' ? [] : after.split('\n');
  const longest = longestAlike(from, to);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      lines.push({ sign: ' ', text: from[i]! });
      i += 1;
      j += 1;
    } else if (j >= to.length || (i < from.length && longest(i + 1, j) >= longest(i, j + 1))) {
      lines.push({ sign: '-', text: from[i]! });
      i += 1;
    } else {
      lines.push({ sign: '+', text: to[j]! });
      j += 1;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of what is left from two places on. */
function longestAlike(from: readonly string[], to: readonly string[]): (i: number, j: number) => number {
  const width = to.length + 1;
  const table = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i -= 1)
    for (let j = to.length - 1; j >= 0; j -= 1)
      table[i * width + j] =
        from[i] === to[j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
  return (i, j) => table[i * width + j] ?? 0;
}

/** 64 hex digits, as the service states them beside what it shows. */
export function hashOfShown(shown: ApprovalShown): string {
  return hexOf(sha256(new TextEncoder().encode(canonicalJson(shown as unknown as JsonValue))));
}

// RFC 6901, section 4.
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isWordsOrAbsent(value: unknown): value is string[] | null | undefined {
  return isAbsent(value) || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** More than a line of a page. */
const LONG_CHARACTERS = 100;

function isLong(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('\n') || value.length > LONG_CHARACTERS);
}

function textOf(value: unknown): string | undefined {
  if (isAbsent(value)) return undefined;
  if (isWordsOrAbsent(value)) return value?.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
