// Limits of analyses, each with its reason. They hold questions, never data: a refusal says nothing about a person.

/** Every intersection of five sets is 31 bars, as many as a plot can show; a sixth set doubles them. */
export const MAX_CONTRIBUTIONS = 5;
/** Crossing more than two attributes isolates persons faster than noise can hide them. */
export const MAX_BREAKDOWNS = 2;
/** Edges of one attribute: a histogram finer than this has more noise than counts. */
export const MAX_BINS = 100;
/** Declared cells of one metric; each draws noise of its own. */
export const MAX_DECLARED_CELLS = 10_000;
/** Bars of a frequency histogram. */
export const MAX_FREQUENCY = 100;
/** Longer than a year, and a touch explains nothing any more. */
export const MAX_WINDOW_DAYS = 400;
/** Whole units that one person may add to a sum: counts of ten million persons stay exact in a double. */
export const MAX_REVENUE_CLAMP = 1_000_000;
/** Cells of a metric that one person may be in, and counts in each. */
export const MAX_GROUPS_PER_PERSON = 1_000;
export const MAX_COUNT_PER_GROUP = 1_000;
/** Touches among which a purchase is shared, the latest ones. */
export const MAX_SHARING_TOUCHES = 10;
/** The least number that 1 to 10 divide: shares of a purchase are whole in this fraction. */
export const SHARES_OF_A_PURCHASE = 2520;
/** AES and HMAC keys of fewer bytes can be guessed. */
export const MIN_BOUNDING_KEY_BYTES = 16;
/**
 * Events of one person that are held against each of its purchases, the latest ones. Without an end a partner would write a hundred
 * thousand beside one person, and see by the time of the answer whether that person buys.
 */
export const MAX_EVENTS_PER_PERSON = 1_000;
