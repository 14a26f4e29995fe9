// The entry of the thread of one trial: told the change, then earlier decisions page by page, it answers once.
import { parentPort } from 'node:worker_threads';
import type { PastRow } from './decision-questions.ts';
import { type ToTrial, tried } from './trial-work.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a thread');

let change: Extract<ToTrial, { kind: 'change' }>['change'] | undefined;
const rows: PastRow[] = [];
port.on('message', (message: ToTrial) => {
  if (message.kind === 'change') change = message.change;
  else if (message.kind === 'past') rows.push(...message.rows);
  else if (change !== undefined) port.postMessage(tried(change, rows));
});
