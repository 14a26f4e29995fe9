// The tool's side: an SFTP server whose files are imported in the order of arrival, and contacts with their flags.
import { readCsvPairs } from '../file-drop/csv.ts';
import { type SftpSandbox, type SftpSandboxOptions, startSftpSandbox } from '../sftp/sandbox.ts';

export interface CrmFeedbackSandbox extends SftpSandbox {
  /** Record ids whose flag is true, sorted. Throws on a file that holds more than a record id and a flag. */
  flagged(flag: string): string[];
}

export async function startCrmFeedbackSandbox(options: SftpSandboxOptions = {}): Promise<CrmFeedbackSandbox> {
  const sandbox = await startSftpSandbox(options);
  return { ...sandbox, flagged: (flag) => importAll(sandbox.files, flag) };
}

function importAll(files: ReadonlyMap<string, Buffer>, flag: string): string[] {
  const flagged = new Set<string>();
  for (const [path, bytes] of files) {
    if (path.endsWith('.part')) continue;
    const form = { header: /^[A-Za-z][A-Za-z0-9._-]*,[A-Za-z][A-Za-z0-9._-]*$/, second: /^(true|false)$/ };
    const { header, rows } = readCsvPairs(bytes.toString('utf8'), form);
    if (!header.endsWith(`,${flag}`)) continue;
    for (const [id, value] of rows) {
      if (id === '') throw new Error('a row names no record');
      if (value === 'true') flagged.add(id);
      else flagged.delete(id);
    }
  }
  return [...flagged].sort();
}
