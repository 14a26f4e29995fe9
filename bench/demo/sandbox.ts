// The Xandr sandbox in a process of its own: prints its URL, and answers until it is told to end.
import { startXandrSandbox } from '../../connectors/xandr/sandbox.ts';
import { SANDBOX_SEAT } from './seat.ts';

const { username, password } = SANDBOX_SEAT;
const sandbox = await startXandrSandbox({ username, password });
process.stdout.write(`the sandbox listens on ${sandbox.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
