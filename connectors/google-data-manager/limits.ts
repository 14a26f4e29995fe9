// Bounds of the Data Manager API, from developers.google.com/data-manager/api and the google.ads.datamanager.v1 protos.

export const MAX_MEMBERS_PER_REQUEST = 10_000;
/** User identifiers, mobile ids or IP addresses of one member. An address is one of them. */
export const MAX_IDENTIFIERS_PER_MEMBER = 10;
/** The API states no size; ten identifiers a member in full requests stay below this. */
export const MAX_REQUEST_BYTES = 20_000_000;
/** 300 requests a minute and project, of which a batch takes two and its status some more. */
export const MIN_INTERVAL_MS = 1_000;
/** Up to a few hours for a large audience; a request still processing after two days is lost. */
export const MAX_PROCESSING_MS = 172_800_000;
export const FIRST_POLL_MS = 1_000;
/** A request may be looked at for this long before it is answered. */
export const REQUEST_TIMEOUT_MS = 120_000;
/** Longest PPID or own user id that we take for one. */
export const MAX_TEXT_ID_LENGTH = 512;
/** Destination, encoding, terms and the like around the members. */
export const ENVELOPE_BYTES = 4_096;
/** Of 500 user lists each. */
export const MAX_USER_LIST_PAGES = 20;
/** 540 days, the longest that Customer Match takes. */
export const MEMBERSHIP_S = 46_656_000;
