// Measures the partner's command line as a partner runs it: the built file in a process of its own, e-mail and phone, all cores.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPartner } from '../partner/build.ts';

export interface HashBenchResult {
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly peakMemoryMb: number;
}

const SCHEMA = {
  name: 'bench',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    last_raincoat: { role: 'attribute', kind: 'date' },
    complaint: { role: 'attribute', kind: 'boolean' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};

/** Writes its peak memory to descriptor 3 on the way out, in the main thread only. */
const PEAK_PROBE = `data:text/javascript,${encodeURIComponent(
  "import{isMainThread}from'node:worker_threads';import{writeSync}from'node:fs';" +
    "if(isMainThread)process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS)))",
)}`;

/** Throws when a row is lost: a fast wrong answer is no answer. */
export async function benchHash({ rows }: { rows: number }): Promise<HashBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-hash-'));
  try {
    const program = join(folder, 'ecluse-partner.mjs');
    await buildPartner(program);
    await writeFile(join(folder, 'schema.json'), JSON.stringify(SCHEMA));
    await writePeople(join(folder, 'people.csv'), rows);
    const started = performance.now();
    const { summary, peakMemoryMb } = await runHash(program, folder);
    const seconds = (performance.now() - started) / 1000;
    if (summary.received !== rows || summary.accepted !== rows) throw new Error('the command line lost rows');
    return { rows, rowsPerSecond: Math.round(rows / seconds), peakMemoryMb };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runHash(
  program: string,
  folder: string,
): Promise<{ summary: { received: number; accepted: number }; peakMemoryMb: number }> {
  const args = [
    '--import',
    PEAK_PROBE,
    program,
    'hash',
    'people.csv',
    '--schema',
    'schema.json',
    '-o',
    'out.csv',
    '--json',
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ECLUSE_SALT: 'a-salt-of-the-benchmark' },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const [summary, peak] = await Promise.all([
    textOf(child.stdout!),
    textOf(child.stdio[3] as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  return { summary: JSON.parse(summary), peakMemoryMb: Math.round(Number(peak) / 1024) };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const part of stream) text += String(part);
  return text;
}

/** People as a CRM spells them: names, some dots and tags, numbers in the six spellings of one country and its neighbours. */
async function writePeople(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('customer_id,email,phone,last_raincoat,complaint,purposes\n');
  const domains = ['gmail.com', 'orange.fr', 'Free.fr', 'example.org', 'hotmail.com', 'laposte.net'];
  let lines = '';
  for (let row = 1; row <= rows; row++) {
    const line = String((row * 7919) % 100_000_000).padStart(8, '0');
    const pairs = `${line.slice(0, 2)} ${line.slice(2, 4)} ${line.slice(4, 6)} ${line.slice(6)}`;
    const spellings = [
      `06 ${pairs}`,
      `06${line}`,
      `+336${line}`,
      `06.${pairs.replaceAll(' ', '.')}`,
      `+33 6 ${pairs}`,
      `07-${pairs.replaceAll(' ', '-')}`,
    ];
    const tag = row % 10 === 0 ? '+news' : '';
    lines += `C${row},Jane.Doe${row}${tag}@${domains[row % 6]},${spellings[row % 6]},2024-0${(row % 9) + 1}-11,${row % 50 === 0},advertising@xandr\n`;
    if (lines.length > 1 << 20 || row === rows) {
      if (!file.write(lines)) await once(file, 'drain');
      lines = '';
    }
  }
  file.end();
  await once(file, 'finish');
}

if (import.meta.main) {
  const rows = Number(process.argv[2] ?? 1_000_000);
  process.stdout.write(`${JSON.stringify(await benchHash({ rows }))}\n`);
}
