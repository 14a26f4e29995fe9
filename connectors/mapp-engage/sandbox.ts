// Mapp Engage's side: an SFTP server whose files are imported into a group in the order of arrival.
import { readCsvPairs } from '../file-drop/csv.ts';
import { type SftpSandbox, type SftpSandboxOptions, startSftpSandbox } from '../sftp/sandbox.ts';

export interface MappEngageSandbox extends SftpSandbox {
  /** Contacts whose flag is true, sorted. Throws on a file that the import would refuse. */
  contacts(): string[];
}

export async function startMappEngageSandbox(options: SftpSandboxOptions = {}): Promise<MappEngageSandbox> {
  const sandbox = await startSftpSandbox(options);
  return { ...sandbox, contacts: () => importAll(sandbox.files) };
}

function importAll(files: ReadonlyMap<string, Buffer>): string[] {
  const contacts = new Set<string>();
  for (const [path, bytes] of files) {
    if (path.endsWith('.part')) continue;
    const form = { header: /^[A-Za-z.]+,[A-Za-z.]+$/, second: /^(true|false)$/ };
    for (const [id, flag] of readCsvPairs(bytes.toString('utf8'), form).rows) {
      if (id === '') throw new Error('a row is not a contact and its flag');
      if (flag === 'true') contacts.add(id);
      else contacts.delete(id);
    }
  }
  return [...contacts].sort();
}
