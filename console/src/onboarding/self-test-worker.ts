// Tries from a worker what self-test.ts tries from the page, and tells how it ended.
import { tryForeignRequest } from './self-test.ts';

tryForeignRequest().then((test) => postMessage(test));
