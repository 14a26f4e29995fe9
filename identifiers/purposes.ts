// The cell of a `purposes` consent column: which purposes a person agreed to, and for which kinds of destination.
// A word outside the vocabulary is an error, never a consent.
export const PURPOSES = ['advertising', 'measurement', 'personalisation', 'analytics', 'email-marketing'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface PurposeGrant {
  readonly purpose: Purpose;
  /** The kind of destination named with `@`; without it the grant counts only for destinations declared for the column. */
  readonly destination?: string;
}

export type ParsedPurposes = { ok: true; grants: readonly PurposeGrant[] } | { ok: false; hint: string };

const DESTINATION_KIND = /^[a-z][a-z0-9-]{0,39}$/;

/** An empty cell is a person who agreed to nothing. Grants come back without duplicates, in the order of the cell. */
export function parsePurposes(cell: string): ParsedPurposes {
  const grants = new Map<string, PurposeGrant>();
  for (const token of cell
    .trim()
    .toLowerCase()
    .split(/[;,|\s]+/)) {
    if (token === '') continue;
    const [purpose = '', destination, ...rest] = token.split('@');
    if (!isPurpose(purpose)) return { ok: false, hint: `a purpose is one of ${PURPOSES.join(', ')}` };
    if (destination !== undefined && (rest.length > 0 || !DESTINATION_KIND.test(destination))) {
      return { ok: false, hint: 'after "@" stands one kind of destination, such as advertising@xandr' };
    }
    grants.set(token, destination === undefined ? { purpose } : { purpose, destination });
  }
  return { ok: true, grants: [...grants.values()] };
}

function isPurpose(word: string): word is Purpose {
  return (PURPOSES as readonly string[]).includes(word);
}
