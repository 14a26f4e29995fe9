// The state of the Google Ads sandbox: user lists, and jobs that are made, filled, run and end some time later.
import { isObject, type JsonObject, listOf } from '../google/answers.ts';
import { shapeFault } from '../google/sandbox-shape.ts';
import { rpcError } from '../google/sandbox-tokens.ts';
import type { Clock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { ADD_SHAPE, CREATE_SHAPE, idOf, MUTATE_SHAPE, operationFault, userListFault } from './sandbox-operations.ts';

export interface PlatformOptions {
  readonly clock: Clock;
  /** Lists that exist; any unless told. */
  readonly userLists?: readonly string[];
  /** Whether the developer token may use Customer Match: since April 2026 new ones may not. */
  readonly isAllowlisted?: boolean;
  readonly processingMs?: number;
  isValidMember?(id: string): boolean;
}

interface Job {
  readonly resourceName: string;
  readonly userList: string;
  readonly consent: JsonObject | undefined;
  readonly operations: JsonObject[];
  endsAtMs: number | undefined;
  status: 'PENDING' | 'RUNNING' | 'SUCCESS' | 'FAILED';
}

export class GoogleAdsPlatform {
  readonly #options: PlatformOptions;
  readonly #lists = new Map<string, Map<string, JsonObject | undefined>>();
  readonly #jobs = new Map<string, Job>();
  /** Made here, by id. */
  readonly #named = new Map<string, string>();
  jobsToFail = 0;

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  create(customerId: string, body: JsonObject): SandboxAnswer {
    const { isAllowlisted = true } = this.#options;
    if (!isAllowlisted) return failure('customerUserListError', 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', 403);
    const job = isObject(body.job) ? body.job : {};
    const metadata = isObject(job.customerMatchUserListMetadata) ? job.customerMatchUserListMetadata : {};
    if (shapeFault(body, CREATE_SHAPE) !== undefined) return rpcError(400, 'INVALID_ARGUMENT');
    const [, owner, userList] = /^customers\/(\d+)\/userLists\/(\d+)$/.exec(String(metadata.userList)) ?? [];
    if (owner !== customerId || userList === undefined || !this.#hasList(userList)) {
      return failure('offlineUserDataJobError', 'INVALID_USER_LIST_ID');
    }
    const consent = isObject(metadata.consent) ? metadata.consent : undefined;
    if (consent?.adUserData === 'DENIED' || consent?.adPersonalization === 'DENIED') {
      return failure('offlineUserDataJobError', 'CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS');
    }
    const resourceName = `customers/${customerId}/offlineUserDataJobs/${this.#jobs.size + 1}`;
    this.#jobs.set(resourceName, {
      resourceName,
      userList,
      consent,
      operations: [],
      endsAtMs: undefined,
      status: 'PENDING',
    });
    return jsonAnswer(200, { resourceName });
  }

  addOperations(resourceName: string, body: JsonObject): SandboxAnswer {
    const job = this.#jobs.get(resourceName);
    if (job === undefined) return rpcError(404, 'NOT_FOUND');
    if (shapeFault(body, ADD_SHAPE) !== undefined) return rpcError(400, 'INVALID_ARGUMENT');
    if (job.endsAtMs !== undefined) return failure('offlineUserDataJobError', 'JOB_ALREADY_STARTED');
    const operations = listOf(body.operations);
    const identifiers = operations.flatMap(({ create, remove }) =>
      listOf(((create ?? remove) as JsonObject)?.userIdentifiers),
    );
    if (operations.length === 0) return failure('collectionSizeError', 'TOO_FEW');
    if (identifiers.length > 100_000) return failure('offlineUserDataJobError', 'TOO_MANY_USER_IDENTIFIERS');
    const order = orderFault([...job.operations, ...operations]);
    if (order !== undefined) return failure('offlineUserDataJobError', order);
    const faults = operations.flatMap((operation, index) => {
      const code = operationFault(operation) ?? (this.#isValid(operation) ? undefined : 'INVALID_SHA256_FORMAT');
      return code === undefined ? [] : [{ index, code }];
    });
    if (faults.length > 0 && body.enablePartialFailure !== true)
      return failure('offlineUserDataJobError', faults[0]!.code);
    const refused = new Set(faults.map(({ index }) => index));
    job.operations.push(...operations.filter((_, index) => !refused.has(index)));
    return jsonAnswer(200, faults.length === 0 ? {} : { partialFailureError: partialFailure(faults) });
  }

  run(resourceName: string): SandboxAnswer {
    const job = this.#jobs.get(resourceName);
    if (job === undefined) return rpcError(404, 'NOT_FOUND');
    if (job.endsAtMs !== undefined) return failure('offlineUserDataJobError', 'JOB_ALREADY_STARTED');
    job.endsAtMs = this.#options.clock.now() + (this.#options.processingMs ?? 500);
    job.status = 'RUNNING';
    return jsonAnswer(200, { name: `${resourceName.replace('offlineUserDataJobs', 'operations')}` });
  }

  /** One list a call; Google takes more. */
  mutateUserLists(customerId: string, body: JsonObject): SandboxAnswer {
    if (shapeFault(body, MUTATE_SHAPE) !== undefined) return rpcError(400, 'INVALID_ARGUMENT');
    const [operation, ...more] = listOf(body.operations);
    if (operation === undefined) return failure('collectionSizeError', 'TOO_FEW');
    const list = isObject(operation.create) ? operation.create : {};
    const fault = more.length > 0 ? (['collectionSizeError', 'TOO_MANY'] as const) : userListFault(list);
    if (fault !== undefined) return failure(...fault);
    const name = String(list.name);
    if ([...this.#named.values()].includes(name)) return failure('userListError', 'INVALID_NAME');
    const id = String(90_001 + this.#named.size);
    this.#named.set(id, name);
    return jsonAnswer(200, { results: [{ resourceName: `customers/${customerId}/userLists/${id}` }] });
  }

  search(query: string, pageToken: string): SandboxAnswer {
    this.#settle();
    const list = /^SELECT user_list\.id FROM user_list WHERE user_list\.id = (\d+)$/.exec(query)?.[1];
    if (list !== undefined) {
      return jsonAnswer(200, { results: this.#hasList(list) ? [{ userList: { id: list } }] : [] });
    }
    if (query === ALL_LISTS) return this.#allLists(Number(pageToken));
    if (pageToken !== '') return failure('requestError', 'INVALID_PAGE_TOKEN');
    const names = /FROM offline_user_data_job WHERE offline_user_data_job\.resource_name IN \(([^)]+)\)$/.exec(
      query,
    )?.[1];
    if (names === undefined) return failure('queryError', 'UNEXPECTED_INPUT');
    const asked = names.split(', ').map((name) => name.replaceAll("'", ''));
    const jobs = asked.flatMap((name) => this.#jobs.get(name) ?? []);
    const results = jobs.map(({ resourceName, status }) => ({
      offlineUserDataJob: { resourceName, status, ...(status === 'FAILED' ? { failureReason: 'UNKNOWN' } : {}) },
    }));
    return jsonAnswer(200, { results, fieldMask: 'offlineUserDataJob.resourceName,offlineUserDataJob.status' });
  }

  members(userList: string): string[] {
    this.#settle();
    return [...(this.#lists.get(userList)?.keys() ?? [])].sort();
  }

  consentOf(userList: string, id: string): JsonObject | undefined {
    return this.#lists.get(userList)?.get(id);
  }

  record(): unknown {
    this.#settle();
    const jobs = [...this.#jobs.values()].map(({ operations, ...job }) => ({ ...job, operations: operations.length }));
    return {
      jobs,
      userLists: Object.fromEntries([...this.#lists].map(([name, list]) => [name, [...list.keys()].sort()])),
    };
  }

  #hasList(id: string): boolean {
    return this.#named.has(id) || this.#options.userLists?.includes(id) !== false;
  }

  /** Pages of two, so that whoever reads only the first is found out. */
  #allLists(from: number): SandboxAnswer {
    const results = [...this.#named].slice(from, from + 2).map(([id, name]) => ({
      userList: { resourceName: `customers/1/userLists/${id}`, id, name },
    }));
    const next = this.#named.size > from + 2 ? { nextPageToken: String(from + 2) } : {};
    return jsonAnswer(200, { results, ...next, fieldMask: 'userList.id,userList.name' });
  }

  #isValid(operation: JsonObject): boolean {
    return this.#options.isValidMember === undefined || this.#options.isValidMember(idOf(operation));
  }

  /** A job that was never run does nothing. */
  #settle(): void {
    for (const job of this.#jobs.values()) {
      if (job.status !== 'RUNNING' || this.#options.clock.now() < job.endsAtMs!) continue;
      job.status = this.jobsToFail > 0 ? 'FAILED' : 'SUCCESS';
      this.jobsToFail = Math.max(0, this.jobsToFail - 1);
      if (job.status === 'SUCCESS') this.#apply(job);
    }
  }

  #apply({ userList, operations, consent }: Job): void {
    const list = this.#lists.get(userList) ?? new Map<string, JsonObject | undefined>();
    this.#lists.set(userList, list);
    for (const operation of operations) {
      if (operation.removeAll === true) list.clear();
      else if (operation.create !== undefined) list.set(idOf(operation), consent);
      else list.delete(idOf(operation));
    }
  }
}

const ALL_LISTS =
  "SELECT user_list.id, user_list.name FROM user_list WHERE user_list.type = 'CRM_BASED' AND user_list.read_only = FALSE";

/** One job adds or removes, and empties the list before anything else. */
function orderFault(operations: readonly JsonObject[]): string | undefined {
  const kinds = operations.map((operation) => Object.keys(operation)[0]);
  if (kinds.includes('create') && kinds.includes('remove')) return 'CONFLICTING_OPERATION';
  return kinds.lastIndexOf('removeAll') > 0 ? 'INVALID_OPERATION_ORDER' : undefined;
}

const FAILURE = 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure';

export function failure(kind: string, code: string, httpStatus = 400, details?: JsonObject): SandboxAnswer {
  const errors = [{ errorCode: { [kind]: code }, message: 'Refused.', ...(details === undefined ? {} : { details }) }];
  const status =
    httpStatus === 429 ? 'RESOURCE_EXHAUSTED' : httpStatus === 403 ? 'PERMISSION_DENIED' : 'INVALID_ARGUMENT';
  return rpcError(httpStatus, status, [{ '@type': FAILURE, errors, requestId: 'sandbox' }]);
}

function partialFailure(faults: readonly { index: number; code: string }[]): JsonObject {
  const errors = faults.map(({ index, code }) => ({
    errorCode: { offlineUserDataJobError: code },
    message: 'Refused.',
    // Protobuf leaves a zero out of its JSON.
    location: {
      fieldPathElements: [{ fieldName: 'operations', ...(index > 0 ? { index } : {}) }, { fieldName: 'create' }],
    },
  }));
  return { code: 3, message: 'Multiple errors in ‘details’.', details: [{ '@type': FAILURE, errors }] };
}
