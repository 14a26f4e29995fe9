// The peers a user would take instead, each with what it does not do. Bare joins: none of them re-keys, checks consent,
// numbers persons, decides or records anything unless said so.
export interface Peer {
  readonly name: PeerName;
  readonly what: string;
  /** What a user would have to build around it. */
  readonly doesNot: string;
  /** Rows a side, where more would take minutes. */
  readonly maxRows?: number;
}

export type PeerName =
  | 'ecluse'
  | 'duckdb-memory'
  | 'duckdb-file'
  | 'duckdb-keyed'
  | 'postgres'
  | 'sqlite'
  | 'coreutils'
  | 'psi';

const NO_PRIVACY = 'no re-keying, no checks of cells, no persons, no threshold, no consent, no audit';

export const PEERS: readonly Peer[] = [
  {
    name: 'ecluse',
    what: 'load, re-key, contribute, match one to one, audience; durable',
    doesNot: 'hide from its operator which match keys meet; the operator holds the keys',
  },
  {
    name: 'duckdb-memory',
    what: 'DuckDB in memory: read both files, join on both digests',
    doesNot: `${NO_PRIVACY}; nothing survives the process`,
  },
  {
    name: 'duckdb-file',
    what: 'DuckDB into a file: the same, with a checkpoint',
    doesNot: NO_PRIVACY,
  },
  {
    name: 'duckdb-keyed',
    what: 'DuckDB into a file: digests hashed again with a key, then joined',
    doesNot: 'no checks of cells, no persons, no threshold, no consent, no audit; the key stands in the SQL text',
  },
  {
    name: 'postgres',
    what: 'PostgreSQL (fsync off): COPY, two hash joins',
    doesNot: NO_PRIVACY,
  },
  {
    name: 'sqlite',
    what: 'SQLite into a file: inserts, two indexes, two joins',
    doesNot: `${NO_PRIVACY}; one writer at a time`,
  },
  {
    name: 'coreutils',
    what: 'sort and join of coreutils, by each digest',
    doesNot: `${NO_PRIVACY}; quotes in CSV are not understood`,
  },
  {
    name: 'psi',
    what: '@openmined/psi.js: private set intersection over the email digests alone',
    doesNot: 'one identifier, no attributes, no audience, no consent; but neither side sees what is not in both',
    maxRows: 10_000,
  },
];
