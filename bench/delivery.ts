// How fast each destination builds and sends its format, and how much memory that takes: one process a destination sends to
// its sandbox, which runs in this one, so that the peak is the sender's alone.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SANDBOX_KINDS, type SandboxKind, startSandbox } from '../connectors/sandbox-registry.ts';
import type { SentFigures } from './delivery-sender.ts';

export interface DeliveryFigures {
  readonly destination: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Peak of the whole process that sends, in MB of 10^6 bytes. */
  readonly peakMemoryMb: number;
}

/** Rejects where a destination does not deliver every row. */
export async function benchDelivery({
  rows,
  only,
}: {
  rows: number;
  only?: string | undefined;
}): Promise<DeliveryFigures[]> {
  const kinds = SANDBOX_KINDS.filter((kind) => kind !== 'uid2' && (only === undefined || kind === only));
  if (kinds.length === 0) throw new RangeError(`--destination wants one of ${SANDBOX_KINDS.join(', ')}`);
  const figures: DeliveryFigures[] = [];
  for (const kind of kinds) {
    const measured = await measure(kind, rows);
    process.stderr.write(
      `${kind.padEnd(22)} ${String(measured.rowsPerSecond).padStart(9)} rows/s ${String(measured.peakMemoryMb).padStart(6)} MB\n`,
    );
    figures.push(measured);
  }
  return figures;
}

async function measure(kind: SandboxKind, rows: number): Promise<DeliveryFigures> {
  const sandbox = await startSandbox(kind);
  try {
    const { settings, credentials, exportRoot, sampleId } = sandbox;
    const sent = await send({ kind, rows, settings, credentials, exportRoot, sampleId });
    if (sent.added !== rows) throw new Error(`${kind} delivered ${sent.added} of ${rows} rows: ${sent.status}`);
    const rowsPerSecond = Math.round(rows / sent.seconds);
    return { destination: kind, rows, rowsPerSecond, peakMemoryMb: Math.round(sent.peakBytes / 1e6) };
  } finally {
    await sandbox.close();
  }
}

function send(task: object): Promise<SentFigures> {
  const script = fileURLToPath(new URL('delivery-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as SentFigures);
      else reject(new Error(`the sender ended with ${code}`));
    });
  });
}
