// One cell of a consent column of strings, decoded once for each distinct string of a load and stored beside the version.
import type { TcfFacts } from '../../policies/tcf.ts';
import type { GppFacts } from './gpp.ts';

export const STRING_KINDS = ['tcf', 'gpp', 'us-privacy'] as const;
export type StringKind = (typeof STRING_KINDS)[number];

/** What stands on record of a string. Null facts: malformed. */
export type DecodedString =
  | { readonly kind: 'tcf'; readonly facts: TcfFacts | null }
  | { readonly kind: 'gpp'; readonly facts: GppFacts | null }
  | { readonly kind: 'us-privacy'; readonly text: string };

/** The library for GPP is large, and loaded only where a column needs it. */
export async function stringDecoder(kind: StringKind): Promise<(text: string) => DecodedString> {
  if (kind === 'us-privacy') return (text) => ({ kind, text: text.length === 4 ? text : '' });
  if (kind === 'tcf') {
    const { decodeTcf } = await import('./tcf.ts');
    return (text) => ({ kind, facts: decodeTcf(text) ?? null });
  }
  const { decodeGpp } = await import('./gpp.ts');
  return (text) => ({ kind, facts: decodeGpp(text) ?? null });
}
