// Osec's seat at the sandbox: numbers and credentials that mean nothing anywhere else.
import { type Child, startChild } from './child.ts';
import { withoutSettings } from './service.ts';

export const SANDBOX_SEAT = { memberId: 1_401, segmentId: 30_620_261, username: 'osec', password: 'sandbox' } as const;

const STARTING_PATIENCE_MS = 30_000;

export interface Seat {
  readonly url: string;
  readonly child: Child;
}

export async function openSeat(folder: string): Promise<Seat> {
  const program = new URL('sandbox.ts', import.meta.url).pathname;
  const child = startChild('the Xandr sandbox', [program], { cwd: folder, env: withoutSettings(process.env) });
  const [, url] = await child.prints(/listens on (http:\S+)/, STARTING_PATIENCE_MS);
  return { url: url!, child };
}
