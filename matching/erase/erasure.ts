// What an erasure is told: where persons of a tenant may be, and by which keys they are named. Person numbers belong to a
// dataset version, so that whatever stands on a version is named together with it.

export interface ErasureVersion {
  readonly version: string;
  /** Record ids name persons of this dataset alone: two datasets may number other people alike. */
  readonly dataset: string;
  /** Place of the record-id column in the schema; undefined where the schema has none. */
  readonly recordIdPlace: number | undefined;
}

/** Whatever is undefined is not of the tenant's datasets. */
export interface ErasureSides {
  readonly left: string | undefined;
  readonly right: string | undefined;
}

export interface ErasureScope {
  /** Names the working tables. */
  readonly erasure: string;
  readonly versions: readonly ErasureVersion[];
  readonly contributions: readonly { readonly contribution: string; readonly version: string }[];
  readonly matches: readonly ({ readonly match: string } & ErasureSides)[];
  readonly audiences: readonly ({ readonly audience: string } & ErasureSides)[];
  readonly suppressionLists: readonly string[];
  /** Destinations that are still to be told: what they hold of the persons is remembered until they have confirmed. */
  readonly untold: readonly { readonly audience: string; readonly destination: string }[];
}

/** A match key of sixteen bytes: of an identifier, or with a dataset the re-keyed record id of that dataset. */
export interface NamedKey {
  readonly key: Uint8Array;
  readonly dataset: string | undefined;
}

export type ErasureErrorCode = 'too_many_persons';

export class ErasureError extends Error {
  readonly code: ErasureErrorCode;
  readonly persons: number;

  constructor(code: ErasureErrorCode, persons: number) {
    super(`erasure: ${code}`);
    this.name = 'ErasureError';
    this.code = code;
    this.persons = persons;
  }
}

/** Rows taken out, by what they stood in. */
export interface ErasureCounts {
  /** Persons, each once a dataset version. */
  readonly persons: number;
  readonly versions: number;
  readonly contributions: number;
  readonly matches: number;
  readonly audiences: number;
  readonly suppressionEntries: number;
  /** Ids in the memory of what destinations were told. */
  readonly deliveredIds: number;
}
