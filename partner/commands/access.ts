// `access`: one person is named here, hashed here, and what the service holds of them is written to a file that is theirs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessRequest } from '../../openapi/generated/api.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { openAtomicFile } from '../hashing/atomic-file.ts';
import { JOB_POLL_MS } from '../limits.ts';
import { type PersonFlags, readNamedPersons } from '../rights/named-persons.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { refusalOf, type Service } from '../upload/service-client.ts';
import { notAllNamed, termsOf } from './erase.ts';

export interface AccessOptions extends PersonFlags {
  readonly out: string;
  readonly reference?: string;
  readonly receivedAt?: string;
  readonly dueInDays?: number;
  readonly maxPersons?: number;
}

export async function accessCommand(file: string, options: AccessOptions, terminal: Terminal): Promise<CommandResult> {
  const { service, list, batches } = await readNamedPersons(file, options, terminal);
  if (list.faults.length > 0) throw notAllNamed(list.faults);
  const [persons, another] = batches;
  if (persons === undefined) throw new CommandError('file_empty', 'the list names nobody');
  if (list.rows > 1 || another !== undefined) {
    throw new CommandError('usage', `the list has ${list.rows} rows: an answer is of one person`, {
      hint: 'write one row for each person, and all their identifiers into it',
    });
  }
  const { data, error, response } = await service.POST('/v1/access-requests', {
    body: { persons, ...termsOf(options), max_persons: options.maxPersons ?? 5 },
  });
  if (data === undefined) throw refusalOf(response.status, error);
  const request = await followAccess(service, data, terminal);
  if (request.status === 'failed') {
    return { result: { request }, text: failed(request), exitCode: EXIT.failed };
  }
  await writeAnswer(service, request.id, options.out);
  const done = await getAccess(service, request.id);
  return { result: { request: done, out: options.out }, text: told(done, options.out), exitCode: EXIT.ok };
}

async function followAccess(service: Service, asked: AccessRequest, { signal }: Terminal): Promise<AccessRequest> {
  for (let request = asked; ; request = await getAccess(service, asked.id)) {
    if (request.status !== 'queued') return request;
    await sleep(JOB_POLL_MS, undefined, { signal }).catch(() => {
      throw interrupted();
    });
  }
}

async function getAccess(service: Service, id: string): Promise<AccessRequest> {
  const path = { access_request_id: id };
  const { data, error, response } = await service.GET('/v1/access-requests/{access_request_id}', { params: { path } });
  if (data === undefined) throw refusalOf(response.status, error);
  return data;
}

/** Readable by its owner alone; it holds the person's values. */
async function writeAnswer(service: Service, id: string, out: string): Promise<void> {
  const params = { path: { access_request_id: id } };
  const { data, error, response } = await service.GET('/v1/access-requests/{access_request_id}/answer', { params });
  if (data === undefined) throw refusalOf(response.status, error);
  const output = await openAtomicFile(out);
  try {
    await output.write(Buffer.from(`${JSON.stringify(data, null, 2)}\n`));
    await output.commit();
  } catch (cause) {
    await output.discard();
    throw cause;
  }
}

function failed({ id, failure }: AccessRequest): string {
  return `${id}: failed\n  ${failure?.code}: ${failure?.detail}`;
}

function told({ id, found, receipt_event_id: receipt }: AccessRequest, out: string): string {
  const held = found === null || found.persons === 0 ? 'nobody' : `somebody in ${found.datasets} datasets`;
  return [`${id}: ${held} found by what was named; the answer is in ${out}`, `  receipt: ${receipt}`].join('\n');
}
