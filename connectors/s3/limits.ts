// Bounds of the S3 destination. docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html

/** The least part S3 takes is 5 MiB; with 10,000 parts an object may have 80 GiB, far above a file's 512 MB. */
export const PART_BYTES = 8_388_608;
/** A part goes out over a slow line: 8 MiB at 70 kB/s. */
export const REQUEST_TIMEOUT_MS = 120_000;
