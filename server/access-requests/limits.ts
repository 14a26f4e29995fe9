// Bounds of access requests, each with its reason.

/** Persons of one dataset that one person may be: a household shares a number, a street does not. */
export const PERSONS_AT_MOST = 5;

/** Identifiers of one person under the salts of every dataset. */
export const NAMED_AT_MOST = 200;

/** Rows told of one person; an event file may hold more, which is said. */
export const RECORDS_AT_MOST = 1_000;

/** A sealed answer holds a person's values beside their dataset, and is not kept longer than an officer needs to take it. */
export const ANSWER_KEPT_DAYS = 7;
