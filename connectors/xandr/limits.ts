// Bounds of Xandr's Batch Segment Service, from its documentation (learn.microsoft.com/xandr), and our margins to them.

/** "0.5 GB" is the platform's limit for one file, whether packed or not; files of 100 to 300 MB are recommended. */
export const MAX_FILE_BYTES = 500_000_000;
export const RECOMMENDED_FILE_BYTES = 256_000_000;
/** Held in memory while it is written and packed: about 60 MB. At one upload a minute this is 120 million users an hour. */
export const MAX_ROWS_PER_FILE = 2_000_000;
/** One upload a minute and member. */
export const MIN_UPLOAD_INTERVAL_MS = 60_000;
/** The platform ends an upload after 90 minutes. */
export const UPLOAD_TIMEOUT_MS = 5_400_000;
/** The platform takes its time over a large file before it answers. */
export const UPLOAD_SILENCE_MS = 300_000;
/** Processing takes up to 24 hours by contract. */
export const MAX_JOB_MS = 86_400_000;
export const FIRST_POLL_MS = 1_000;
/** After a quota error the platform wants an hour of silence. */
export const QUOTA_PAUSE_MS = 3_600_000;
/** Ten authentications in five minutes are allowed; other users of the account share them. */
export const MAX_AUTHENTICATIONS = 5;
export const AUTHENTICATION_WINDOW_MS = 300_000;
/** "Maximum 100" of the API; members may have thousands of segments. */
export const SEGMENTS_PER_PAGE = 100;
export const MAX_SEGMENT_PAGES = 200;
export const MAX_SEGMENT_NAME_LENGTH = 255;
/** Longest membership, in minutes: 180 days. */
export const MAX_EXPIRATION_MINUTES = 259_200;

/** The streaming service takes 1 MB and 1,000 users a second of a member: one request of so many each second. */
export const MAX_STREAMED_USERS = 1_000;
export const MAX_STREAMED_BYTES = 900_000;
export const STREAMING_INTERVAL_MS = 1_000;
/** The bucket is looked at every five minutes; jobs of large files take hours. */
export const DROP_POLL_MS = 60_000;
