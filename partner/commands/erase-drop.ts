// `erase --drop`: a consumer deletion list of California's platform, as it was downloaded, and the answer file for its upload.
import Papa from 'papaparse';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { openAtomicFile } from '../hashing/atomic-file.ts';
import { MAX_NAMED_PERSONS } from '../limits.ts';
import { grouped } from '../progress.ts';
import { readText } from '../rights/named-persons.ts';
import { apiKeyOf, serviceUrlOf } from '../service-access.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { openService, refusalOf } from '../upload/service-client.ts';
import { type EraseOptions, followDeletion, termsOf, told } from './erase.ts';

export const DROP_LISTS = ['email', 'phone', 'maid', 'ctv-id', 'ndz', 'name-vin'] as const;
export type DropListName = (typeof DROP_LISTS)[number];

/** The platform's own codes. */
const DELETED = 3;
const NOT_FOUND = 5;

interface WorkItem {
  readonly id: string;
  readonly hash: string;
}

export async function eraseDropCommand(
  file: string,
  options: EraseOptions & { readonly drop: DropListName; readonly answer?: string },
  terminal: Terminal,
): Promise<CommandResult> {
  if (options.answer !== undefined && !options.wait) {
    throw new CommandError('usage', '--answer needs to wait until it is done: leave out --no-wait');
  }
  const items = workItemsOf(await readText(file, terminal));
  const access = { serviceUrl: serviceUrlOf(options, terminal), apiKey: await apiKeyOf(options, terminal) };
  const service = openService({ ...access, signal: terminal.signal });
  const requests = [];
  const deleted = new Set<string>();
  for (let from = 0; from < items.length; from += MAX_NAMED_PERSONS) {
    const some = items.slice(from, from + MAX_NAMED_PERSONS);
    const drop = { list: options.drop, hashes: some.map(({ hash }) => hash) };
    const { data, error, response } = await service.POST('/v1/deletion-requests', {
      body: { drop, ...termsOf(options) },
    });
    if (data === undefined) throw refusalOf(response.status, error);
    const request = options.wait ? await followDeletion(service, data, terminal) : data;
    requests.push(request);
    for (const { deleted: places } of request.drop_outcomes ?? []) {
      for (const place of places) deleted.add(some[place]?.id ?? '');
    }
  }
  const hasFailed = requests.some(({ status }) => status === 'failed');
  if (options.answer !== undefined && !hasFailed) await writeAnswer(options.answer, items, deleted);
  const summary = `${grouped(deleted.size)} of ${grouped(items.length)} were found and erased`;
  return {
    result: { items: items.length, deleted: deleted.size, requests },
    text: [...requests.map(told), ...(options.wait ? [summary] : [])].join('\n'),
    exitCode: hasFailed ? EXIT.failed : EXIT.ok,
  };
}

/** Columns `ID` and `Hash`; the hash is base64 of SHA-256. Throws header_invalid. */
function workItemsOf(text: string): WorkItem[] {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const [header = [], ...rows] = data;
  const place = (name: string) => header.findIndex((column) => column.trim().toLowerCase() === name);
  const [id, hash] = [place('id'), place('hash')];
  if (id < 0 || hash < 0) {
    throw new CommandError('header_invalid', 'a list of the platform has the columns ID and Hash', {
      hint: 'unpack the downloaded ZIP and give one of its CSV files',
    });
  }
  const items = rows.map((row) => ({ id: row[id]?.trim() ?? '', hash: row[hash]?.trim() ?? '' }));
  const bad = items.findIndex((item) => item.id === '' || !/^[A-Za-z0-9+/]{43}=$/.test(item.hash));
  if (bad >= 0) {
    throw new CommandError('header_invalid', `row ${bad + 1} has no ID, or no hash of 44 base64 characters`, {
      row: bad + 1,
    });
  }
  return items;
}

async function writeAnswer(path: string, items: readonly WorkItem[], deleted: ReadonlySet<string>): Promise<void> {
  const output = await openAtomicFile(path);
  try {
    const lines = items.map(({ id }) => `${id},${deleted.has(id) ? DELETED : NOT_FOUND}\n`);
    await output.write(Buffer.from(`ID,Status\n${lines.join('')}`));
    await output.commit();
  } catch (cause) {
    await output.discard();
    throw cause;
  }
}
