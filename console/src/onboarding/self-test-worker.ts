// Tries from a worker what self-test.ts tries from the page, and tells how it ended.
import { tryForeignRequest } from './self-test.ts';

/** Long enough for the browser to write the breach into its developer tools, where a person may look for it. */
const LINGER_MS = 2_000;

tryForeignRequest().then((test) => {
  postMessage(test);
  setTimeout(() => globalThis.close(), LINGER_MS);
});
