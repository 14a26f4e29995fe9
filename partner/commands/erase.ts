// `erase`: a list of persons is hashed here and their erasure asked for; followed until the service holds nothing of them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeletionRequest } from '../../openapi/generated/api.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { JOB_POLL_MS } from '../limits.ts';
import { grouped } from '../progress.ts';
import { type PersonFlags, readNamedPersons } from '../rights/named-persons.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { refusalOf, type Service } from '../upload/service-client.ts';

export interface EraseOptions extends PersonFlags {
  readonly reference?: string;
  readonly receivedAt?: string;
  readonly dueInDays?: number;
  readonly maxPersons?: number;
  /** commander's name of `--no-wait`. */
  readonly wait: boolean;
}

export async function eraseCommand(file: string, options: EraseOptions, terminal: Terminal): Promise<CommandResult> {
  const { service, list, batches } = await readNamedPersons(file, options, terminal);
  if (list.faults.length > 0) throw notAllNamed(list.faults);
  if (batches.length === 0) throw new CommandError('file_empty', 'the list names nobody');
  const requests: DeletionRequest[] = [];
  for (const persons of batches) {
    const body = { persons, ...termsOf(options) };
    const { data, error, response } = await service.POST('/v1/deletion-requests', { body });
    if (data === undefined) throw refusalOf(response.status, error);
    requests.push(options.wait ? await followDeletion(service, data, terminal) : data);
  }
  const hasFailed = requests.some(({ status }) => status === 'failed');
  return {
    result: { rows: list.rows, requests },
    text: requests.map(told).join('\n'),
    exitCode: hasFailed ? EXIT.failed : EXIT.ok,
  };
}

/** An identifier that is none would leave its person in: nothing is asked for until the list is right. */
export function notAllNamed(faults: readonly { row: number; field: string; code: string }[]): CommandError {
  const [first] = faults;
  const more = faults.length > 1 ? ` and ${faults.length - 1} more` : '';
  return new CommandError('header_invalid', `row ${first?.row}: ${first?.field} is ${first?.code}${more}`, {
    hint: 'mend or empty these cells; numbers without a calling code need --default-country',
    ...(first === undefined ? {} : { row: first.row, field: first.field }),
  });
}

export function termsOf({
  reference,
  receivedAt,
  dueInDays,
  maxPersons,
}: Pick<EraseOptions, 'reference' | 'receivedAt' | 'dueInDays' | 'maxPersons'>) {
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(receivedAt === undefined ? {} : { received_at: instantOf(receivedAt) }),
    ...(dueInDays === undefined ? {} : { due_in_days: dueInDays }),
    ...(maxPersons === undefined ? {} : { max_persons: maxPersons }),
  } as { reference?: string; received_at?: string; due_in_days: number; max_persons?: number };
}

function instantOf(text: string): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new CommandError('usage', '--received-at is no date, such as 2026-11-22');
  return instant.toISOString();
}

export async function followDeletion(
  service: Service,
  asked: DeletionRequest,
  { signal }: Terminal,
): Promise<DeletionRequest> {
  for (let request = asked; ; ) {
    if (request.status !== 'queued' && request.status !== 'erasing') return request;
    await sleep(JOB_POLL_MS, undefined, { signal }).catch(() => {
      throw interrupted();
    });
    const { data, error, response } = await service.GET('/v1/deletion-requests/{deletion_request_id}', {
      params: { path: { deletion_request_id: asked.id } },
    });
    if (data === undefined) throw refusalOf(response.status, error);
    request = data;
  }
}

export function told({ id, status, erased, failure, due_at: due, receipt_event_id: receipt }: DeletionRequest): string {
  const lines = [`${id}: ${status}`];
  if (failure !== null) lines.push(`  ${failure.code}: ${failure.detail}`);
  if (erased !== null) {
    lines.push(
      `  ${grouped(erased.persons)} persons out of ${erased.dataset_versions} dataset versions, ${erased.contributions} contributions, ${erased.audiences} audiences`,
      `  ${erased.staged_files} waiting files destroyed, ${grouped(erased.tombstones)} tombstones`,
    );
  }
  if (receipt !== null) lines.push(`  receipt: ${receipt}`);
  else if (status !== 'failed') lines.push(`  due ${due.slice(0, 10)}`);
  return lines.join('\n');
}
