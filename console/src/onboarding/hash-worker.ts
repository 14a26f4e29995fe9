// The worker that reads the file, shares its chunks among the hashing workers and writes what they give back, in order,
// into the browser's own storage. The page's thread stays free, and memory flat however large the file.
import { FileFault } from '../../../identifiers/file-fault.ts';
import { runningSha256 } from '../../../identifiers/hashing/hash-kit.ts';
import { hashStream, type RejectedCell, type Sink } from '../../../identifiers/hashing/hash-stream.ts';
import { HashFailure, openFile } from './file-bytes.ts';
import type { HashedFile, HashFault, HashNews, HashOrder, HashProgress } from './hash-words.ts';
import { hashedName, keptFolder, rejectsName } from './kept-files.ts';
import { MAX_SHOWN_REJECTS, PROGRESS_INTERVAL_MS } from './limits.ts';
import { portPool } from './port-pool.ts';

addEventListener('message', ({ data }: MessageEvent<HashOrder>) => {
  hash(data).then(
    (hashed) => tell({ kind: 'done', hashed }),
    (cause: unknown) => tell({ kind: 'failed', fault: faultOf(cause) }),
  );
});

function tell(news: HashNews): void {
  postMessage(news);
}

async function hash(order: HashOrder): Promise<HashedFile> {
  const { file, schema, salt, leftOut, keptAs, ports } = order;
  const { bytes, readBytes } = await openFile(file);
  const output = await openKeptSink(hashedName(keptAs));
  const rejects = await openKeptSink(rejectsName(keptAs));
  const news = progressTeller();
  const progress = (rows: number, accepted: number): HashProgress => ({
    ...{ readBytes: readBytes(), totalBytes: file.size, rows, accepted },
  });
  try {
    const summary = await hashStream({
      ...{ bytes, schema, salt, output, rejects, leftOut: new Set(leftOut) },
      signal: new AbortController().signal, // whoever cancels ends the worker
      openPool: async (plan) => portPool(ports, plan),
      onReject: news.reject,
      onChunk: ({ received, accepted }) => news.tell(progress(received, accepted)),
    });
    news.tell(progress(summary.received, summary.accepted), true);
    return { summary, bytes: output.bytes(), sha256: output.sha256() };
  } finally {
    output.close();
    rejects.close();
  }
}

interface KeptSink extends Sink {
  bytes(): number;
  sha256(): string;
  close(): void;
}

/** Only workers have it, and the types of this repository are those of pages. */
type SyncAccessible = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<{
    write(bytes: BufferSource, options: { at: number }): number;
    truncate(bytes: number): void;
    flush(): void;
    close(): void;
  }>;
};

async function openKeptSink(name: string): Promise<KeptSink> {
  const handle = await (await keptFolder()).getFileHandle(name, { create: true });
  const access = await (handle as SyncAccessible).createSyncAccessHandle();
  access.truncate(0);
  const digest = runningSha256();
  let at = 0;
  return {
    async write(bytes) {
      const written = access.write(bytes as BufferSource, { at });
      if (written < bytes.byteLength) throw new HashFailure(...STORAGE_FULL);
      digest.update(bytes);
      at += bytes.byteLength;
    },
    bytes: () => at,
    sha256: () => digest.hex(),
    close() {
      access.flush();
      access.close();
    },
  };
}

const STORAGE_FULL = [
  'storage_full',
  'the browser has no room left for the hashed file',
  'free some disk space, or hash the file with the command line',
] as const;

function progressTeller() {
  let toldAtMs = 0;
  let shown = 0;
  let rejects: RejectedCell[] = [];
  return {
    reject(cell: RejectedCell): void {
      if (shown++ < MAX_SHOWN_REJECTS) rejects.push(cell);
    },
    tell(progress: HashProgress, isLast = false): void {
      const nowMs = performance.now();
      if (!isLast && nowMs - toldAtMs < PROGRESS_INTERVAL_MS) return;
      toldAtMs = nowMs;
      tell({ kind: 'progress', progress, rejects });
      rejects = [];
    },
  };
}

/** An unforeseen error's own message may quote data, so only its name is told. */
function faultOf(cause: unknown): HashFault {
  if (cause instanceof HashFailure) return cause.fault;
  if (cause instanceof FileFault) return { code: cause.code, message: cause.message, ...cause.detail };
  if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
    const [code, message, hint] = STORAGE_FULL;
    return { code, message, hint };
  }
  const name = cause instanceof Error ? cause.name : 'unknown';
  return { code: 'internal', message: `hashing ended early (${name})` };
}
