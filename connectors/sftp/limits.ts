// Bounds of the SFTP destination.

/** From the connection to a session that takes files. */
export const READY_TIMEOUT_MS = 20_000;
/** Keeps a connection through firewalls that forget silent ones. */
export const KEEPALIVE_INTERVAL_MS = 10_000;
/** No answer to so many of them ends the connection. */
export const KEEPALIVE_COUNT_MAX = 6;
/** A server that keeps the connection alive, and for so long neither takes bytes nor answers, is a stalled one. */
export const SILENCE_MS = 60_000;
