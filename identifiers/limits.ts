// Every bound of identifiers/, each with its reason, in a single place for auditing.

/** RFC 5321 section 4.5.3.1.1: a local part is at most 64 octets. */
export const MAX_EMAIL_LOCAL_BYTES = 64;

/** RFC 5321 section 4.5.3.1.3 less the angle brackets: a path is at most 254 octets. */
export const MAX_EMAIL_BYTES = 254;

/** RFC 1035 section 2.3.4: a domain name is at most 253 characters as text. */
export const MAX_DOMAIN_BYTES = 253;

/** libphonenumber reads no more than 250 characters; a telephone number has 15 digits (E.164), the rest is punctuation. */
export const MAX_PHONE_CHARACTERS = 250;

/** Customer-defined keys and cookie ids are opaque; longer ones are free text that strayed into the column. */
export const MAX_OPAQUE_CHARACTERS = 512;

/** One part of a postal key: the longest place and family names on record are well below. */
export const MAX_POSTAL_PART_CHARACTERS = 120;

/** Columns of a dataset: activation and attribute tables address columns with 16 bits; people cannot review more than this. */
export const MAX_COLUMNS = 500;

/** A column name becomes a field in reject lists and screens. */
export const MAX_COLUMN_NAME_CHARACTERS = 128;

/** Distinct domains remembered while converting to ASCII: a customer file has a few thousand, a hostile one has millions. */
export const MAX_REMEMBERED_DOMAINS = 10_000;

/** A category is a label, not a text: longer values hide personal data. */
export const MAX_CATEGORY_CHARACTERS = 64;

/** Categories declared for one column. */
export const MAX_CATEGORIES = 1_000;

/** Bytes given to a worker at once: some thousand rows and 10 ms of work, so the cores end together. */
export const CHUNK_BYTES = 256 * 1024;

/** One record: a quote left open would otherwise swallow the rest of the file into memory. */
export const MAX_RECORD_BYTES = 32 * 1024 * 1024;

/** The first record names the columns. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** Chunks under way for each worker: one worked on, one waiting. Memory is bounded by this times the workers. */
export const CHUNKS_PER_WORKER = 2;
