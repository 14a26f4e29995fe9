// LiveRamp's side: an SFTP server whose files are read as lists, by the platform's rules for column-based files.
import { readCsvPairs } from '../file-drop/csv.ts';
import { type SftpSandbox, type SftpSandboxOptions, startSftpSandbox } from '../sftp/sandbox.ts';

export interface LiverampSandbox extends SftpSandbox {
  /** Whom the lists leave in an audience, sorted. Throws on a file that the platform would refuse. */
  audience(name: string): string[];
}

export async function startLiverampSandbox(options: SftpSandboxOptions = {}): Promise<LiverampSandbox> {
  const sandbox = await startSftpSandbox(options);
  return { ...sandbox, audience: (name) => readAudience(sandbox.files, name) };
}

function readAudience(files: ReadonlyMap<string, Buffer>, name: string): string[] {
  const members = new Set<string>();
  let header: string | undefined;
  // In the order of arrival, which renaming keeps.
  for (const [path, bytes] of files) {
    if (path.endsWith('.part')) continue;
    if (!path.endsWith('.csv')) throw new Error('a file that is no list lies in the folder');
    // A header in capitals without blanks, the same as in earlier files.
    const list = readCsvPairs(bytes.toString('utf8'), { header: /^[A-Z0-9]+,[A-Z0-9]+$/, second: /^/ });
    header ??= list.header;
    if (list.header !== header) throw new Error('a header differs from that of earlier files');
    for (const [id, audience] of list.rows) {
      if (id === '' || audience !== name) throw new Error('a row is not an id and its audience');
      if (path.includes('_DELETE_')) members.delete(id);
      else members.add(id);
    }
  }
  return [...members].sort();
}
