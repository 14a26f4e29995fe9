// `ecluse consents grant|withdraw <file>`: evidence of many persons, sent to a running service in parts. Digests are read from the file
// and printed nowhere.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConsentChange, ConsentChangeResult } from '../../openapi/generated/api.ts';
import { ask, type ServiceFlags, serviceOf } from './service-client.ts';

export interface ConsentsFlags extends ServiceFlags {
  readonly dataset?: string | undefined;
  readonly purposes?: string | undefined;
  readonly destinations?: string | undefined;
  readonly text?: string | undefined;
  readonly source?: string | undefined;
  readonly obtainedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly withdrawnAt?: string | undefined;
  readonly json: boolean;
}

/** The contract's greatest number of changes in one request. */
const PART_CHANGES = 2_000;

/** Throws before anything is sent when the words make no sense; a part that the service refuses is told by its first line. */
export async function changeConsents(
  { action, file }: { action: string; file: string },
  flags: ConsentsFlags,
  given: {
    env: Readonly<Record<string, string | undefined>>;
    write: (text: string) => void;
    progress: (text: string) => void;
  },
): Promise<void> {
  if (action !== 'grant' && action !== 'withdraw') throw new Error('say `grant` or `withdraw`');
  const service = serviceOf(flags, given.env);
  const persons = readFileSync(file === '-' ? 0 : file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (persons.length === 0) throw new Error('the file names nobody: write one digest or record id a line');
  const said = evidenceOf(action, flags);
  const results: ConsentChangeResult[] = [];
  for (let from = 0; from < persons.length; from += PART_CHANGES) {
    const part = persons.slice(from, from + PART_CHANGES);
    const changes = part.map((person): ConsentChange => ({ ...said, ...named(person, flags.dataset) }));
    try {
      results.push(await ask<ConsentChangeResult>(service, 'POST', '/v1/consents', { changes }));
    } catch (error) {
      throw new Error(`lines ${from + 1} to ${from + part.length}: ${(error as Error).message}`, { cause: error });
    }
    given.progress(`${from + part.length} of ${persons.length} persons\n`);
  }
  const ids = results.map(({ id }) => id);
  const text = [
    `${action === 'grant' ? 'granted for' : 'withdrawn by'} ${persons.length} persons`,
    ...(action === 'withdraw' ? ids.map((id) => `removals: GET /v1/removals?request_id=${id}`) : []),
  ];
  given.write(flags.json ? `${JSON.stringify({ persons: persons.length, changes: ids })}\n` : `${text.join('\n')}\n`);
}

function named(person: string, dataset: string | undefined): Partial<ConsentChange> {
  return dataset === undefined ? { digest: person } : { record_id: person, dataset_id: dataset };
}

function evidenceOf(action: ConsentChange['action'], flags: ConsentsFlags): ConsentChange {
  const words = (list: string | undefined) => list?.split(',').map((word) => word.trim());
  const entries = {
    purposes: words(flags.purposes),
    destinations: words(flags.destinations),
    text_sha256: flags.text === undefined ? undefined : sha256Of(flags.text),
    source: flags.source,
    obtained_at: flags.obtainedAt,
    expires_at: flags.expiresAt,
    withdrawn_at: flags.withdrawnAt,
  };
  const known = Object.entries(entries).filter(([, value]) => value !== undefined);
  return { action, ...Object.fromEntries(known) } as ConsentChange;
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
