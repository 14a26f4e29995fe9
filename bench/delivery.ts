// How fast each destination builds and sends its format, and how much memory that takes: one process a destination sends to
// its sandbox, which runs in this one, so that the peak is the sender's alone.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SentFigures } from './delivery-sender.ts';
import { DELIVERY_SUBJECTS, type DeliverySubject } from './delivery-subjects.ts';

export interface DeliveryFigures {
  readonly destination: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Peak of the whole process that sends, in MB of 10^6 bytes. */
  readonly peakMemoryMb: number;
}

export interface FlatFigures extends DeliveryFigures {
  /** The peak of a quarter of the rows. */
  readonly quarterPeakMemoryMb: number;
  /** How much greater the peak is than that one; 1 where memory does not depend on the rows at all. */
  readonly ratio: number;
}

interface DeliveryBench {
  readonly rows: number;
  readonly only?: string | undefined;
}

/** Rejects where a destination does not deliver every row. */
export async function benchDelivery({ rows, only }: DeliveryBench): Promise<DeliveryFigures[]> {
  const figures: DeliveryFigures[] = [];
  for (const subject of subjectsOf(only)) {
    const measured = await measure(subject, rows);
    tell(measured);
    figures.push(measured);
  }
  return figures;
}

/** Each destination with a quarter of the rows and with all of them: what is held in memory must not depend on them. */
export async function benchFlatness({ rows, only }: DeliveryBench): Promise<FlatFigures[]> {
  const figures: FlatFigures[] = [];
  for (const subject of subjectsOf(only)) {
    const quarter = await measure(subject, Math.ceil(rows / 4));
    const whole = await measure(subject, rows);
    const ratio = Math.round((whole.peakMemoryMb / quarter.peakMemoryMb) * 100) / 100;
    tell(whole, `${String(quarter.peakMemoryMb).padStart(6)} MB for a quarter  x ${ratio.toFixed(2)}`);
    figures.push({ ...whole, quarterPeakMemoryMb: quarter.peakMemoryMb, ratio });
  }
  return figures;
}

function subjectsOf(only: string | undefined): readonly DeliverySubject[] {
  const subjects = DELIVERY_SUBJECTS.filter(({ name }) => only === undefined || name === only);
  if (subjects.length > 0) return subjects;
  throw new RangeError(`--destination wants one of ${DELIVERY_SUBJECTS.map(({ name }) => name).join(', ')}`);
}

function tell({ destination, rowsPerSecond, peakMemoryMb }: DeliveryFigures, more = ''): void {
  const columns = [
    destination.padEnd(22),
    `${String(rowsPerSecond).padStart(9)} rows/s`,
    `${String(peakMemoryMb).padStart(6)} MB`,
  ];
  process.stderr.write(`${[...columns, more].join(' ').trimEnd()}\n`);
}

async function measure({ name, kind, start }: DeliverySubject, rows: number): Promise<DeliveryFigures> {
  const sandbox = await start();
  try {
    const { settings, credentials, exportRoot, sampleId } = sandbox;
    const sent = await send({ kind, rows, settings, credentials, exportRoot, sampleId });
    if (sent.added !== rows) throw new Error(`${name} delivered ${sent.added} of ${rows} rows: ${sent.status}`);
    const rowsPerSecond = Math.round(rows / sent.seconds);
    return { destination: name, rows, rowsPerSecond, peakMemoryMb: Math.round(sent.peakBytes / 1e6) };
  } finally {
    await sandbox.close();
  }
}

/**
 * The sender's heap is bounded, young and old: without a bound the collector leaves garbage lying for as long as the machine has
 * memory, and the peak tells of that. What a delivery holds must fit; one that held all of its rows would die of it.
 */
const HEAP_BOUNDS = ['--max-old-space-size=96', '--max-semi-space-size=4'];

function send(task: object): Promise<SentFigures> {
  const script = fileURLToPath(new URL('delivery-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [...HEAP_BOUNDS, script], { stdio: ['pipe', 'pipe', 'inherit'] });
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
