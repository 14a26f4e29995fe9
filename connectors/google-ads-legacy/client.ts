// Speaks OfflineUserDataJobService: create a job, add its operations, run it, and ask for its status with a query.
import { platformAudience } from '../customer-list/list-client.ts';
import { isObject, type JsonObject, listOf, readGoogleAnswer } from '../google/answers.ts';
import { GoogleTokens } from '../google/tokens.ts';
import type { Batch } from '../kit/batches.ts';
import type {
  AudienceBook,
  ClientContext,
  DestinationClient,
  PlatformAudience,
  PollOutcome,
  SendContext,
  SendOutcome,
} from '../kit/define-destination.ts';
import { PermanentError, RetryableError } from '../kit/errors.ts';
import type { DeliveryProgress, PlatformJob } from '../kit/progress.ts';
import { countedCodes, namedBy, type RowFault } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { adsRefusal, jobStatuses, refusedOperations } from './answers.ts';
import {
  CALL_TIMEOUT_MS,
  FIRST_POLL_MS,
  MAX_CLEARING_POLLS,
  MAX_USER_LIST_PAGES,
  OPERATIONS_PER_CALL,
} from './limits.ts';
import { clearingOf, type PlannedJob, planOf, userListOf } from './payload.ts';
import type { GoogleAdsCredentials, GoogleAdsSettings } from './settings.ts';

export const GOOGLE_ADS_SCOPE = 'https://www.googleapis.com/auth/adwords';

const ENDED: ReadonlySet<string> = new Set(['SUCCESS', 'FAILED']);

interface FilledJob {
  readonly name: string;
  /** Those that were taken. */
  readonly operations: number;
  readonly rejected: Counts;
  readonly faults: readonly RowFault<JsonObject>[];
}

export class GoogleAdsClient implements DestinationClient {
  readonly #settings: GoogleAdsSettings;
  readonly #credentials: GoogleAdsCredentials;
  readonly #context: ClientContext;
  readonly #tokens: GoogleTokens;

  constructor(options: { settings: GoogleAdsSettings; credentials: GoogleAdsCredentials; context: ClientContext }) {
    const { settings, credentials, context } = options;
    this.#settings = settings;
    this.#credentials = credentials;
    this.#context = context;
    this.#tokens = new GoogleTokens({ tokenUrl: settings.token_url, scope: GOOGLE_ADS_SCOPE, credentials, context });
  }

  /** A job of an earlier attempt that was never run does nothing, so each attempt makes its own. */
  async send(batch: Batch, { place }: SendContext): Promise<SendOutcome> {
    const { delivery } = this.#context;
    if (delivery.isWhole && place?.added?.sequence === 1) await this.#clear();
    const { jobs, denied, idOf } = planOf(batch, this.#settings, delivery.purpose);
    const names: string[] = [];
    let rejected: Counts = { ...(denied > 0 ? { consent_denied: denied } : {}) };
    const faults: RowFault<JsonObject>[] = [];
    for (const planned of jobs) {
      const filled = await this.#fill(planned);
      rejected = addCounts(rejected, filled.rejected);
      faults.push(...filled.faults);
      if (filled.operations === 0) continue;
      await this.#call(`${filled.name}:run`, {});
      names.push(filled.name);
    }
    const named = namedBy(faults, (operation) => idOf.get(operation) ?? '');
    if (names.length === 0) return { state: 'taken', rejected, named };
    const details = Object.fromEntries(names.map((name, at) => [`job_${at}`, name]));
    return { state: 'submitted', job: { id: names[0]!, phase: 'PENDING', details }, rejected, named };
  }

  async poll({ details }: PlatformJob): Promise<PollOutcome> {
    const names = Object.values(details).map(String);
    const statuses = await this.#statuses(names);
    const found = names.map((name) => statuses.get(name) ?? { status: 'PENDING', failureReason: '' });
    const running = found.find(({ status }) => !ENDED.has(status));
    if (running !== undefined) return { state: 'running', phase: running.status };
    const failed = found.find(({ status }) => status === 'FAILED');
    if (failed === undefined) return { state: 'taken', phase: 'SUCCESS', rejected: {} };
    return { state: 'failed', phase: 'FAILED', rejected: {}, reason: failed.failureReason };
  }

  /** A whole audience of nobody. */
  async finish(progress: DeliveryProgress): Promise<void> {
    const { batches } = progress.taken;
    if (this.#context.delivery.isWhole && batches + progress.failed.batches === 0) await this.#clear();
  }

  async reauthenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  async test(): Promise<void> {
    const { user_list_id } = this.#settings;
    const body = await this.#search(`SELECT user_list.id FROM user_list WHERE user_list.id = ${user_list_id}`);
    if (listOf(body.results).length === 0) throw new PermanentError('rejected', 'the account has no such user list');
  }

  get audiences(): AudienceBook {
    return { list: () => this.#listUserLists(), create: (name) => this.#createUserList(name) };
  }

  /** Those that a customer fills with data of its own; rules, lookalikes and lists of others are not to be filled. */
  async #listUserLists(): Promise<PlatformAudience[]> {
    const query =
      "SELECT user_list.id, user_list.name FROM user_list WHERE user_list.type = 'CRM_BASED' AND user_list.read_only = FALSE";
    const found: PlatformAudience[] = [];
    let pageToken: unknown;
    for (let page = 0; page < MAX_USER_LIST_PAGES; page++) {
      const body = await this.#search(query, pageToken);
      const lists = listOf(body.results).map(({ userList }) => (isObject(userList) ? userList : {}));
      found.push(...lists.map(({ id, name }) => platformAudience(id, name)));
      pageToken = body.nextPageToken;
      if (typeof pageToken !== 'string' || pageToken === '') return found;
    }
    throw new PermanentError('rejected', 'the account has too many user lists to list: name one (user_list_id)');
  }

  async #createUserList(name: string): Promise<PlatformAudience> {
    const operations = [{ create: userListOf(name, this.#settings) }];
    const path = `customers/${this.#settings.customer_id}/userLists:mutate`;
    const [result] = listOf((await this.#call(path, { operations })).results);
    return platformAudience(/^customers\/\d+\/userLists\/(\d+)$/.exec(String(result?.resourceName))?.[1] ?? '', name);
  }

  /** The list must be empty before the first addition: jobs of one list need not end in their order. */
  async #clear(): Promise<void> {
    const { name } = await this.#fill(clearingOf(this.#settings));
    await this.#call(`${name}:run`, {});
    for (let polls = 0; polls < MAX_CLEARING_POLLS; polls++) {
      const status = (await this.#statuses([name])).get(name)?.status;
      if (status === 'SUCCESS') return;
      if (status === 'FAILED') throw new PermanentError('job_failed', 'the job that empties the list failed');
      await this.#context.clock.sleep(FIRST_POLL_MS * Math.min(2 ** polls, 60), this.#context.signal);
    }
    throw new RetryableError('timeout', 'the job that empties the list takes long');
  }

  async #fill({ job, operations }: PlannedJob): Promise<FilledJob> {
    const created = await this.#call(`customers/${this.#settings.customer_id}/offlineUserDataJobs:create`, { job });
    const name = String(created.resourceName);
    if (!/^customers\/\d+\/offlineUserDataJobs\/\d+$/.test(name)) {
      throw new RetryableError('answer_invalid', 'the platform gave no job');
    }
    const faults: RowFault<JsonObject>[] = [];
    let left = operations.length;
    for (let from = 0; from < operations.length; from += OPERATIONS_PER_CALL) {
      const part = operations.slice(from, from + OPERATIONS_PER_CALL);
      const added = await this.#call(`${name}:addOperations`, { operations: part, enablePartialFailure: true });
      const refused = refusedOperations(added);
      faults.push(...[...refused].flatMap(([place, code]) => (part[place] ? [{ row: part[place], code }] : [])));
      left -= refused.size;
    }
    return { name, operations: left, rejected: countedCodes(faults.map(({ code }) => code)), faults };
  }

  async #statuses(names: readonly string[]) {
    const list = names.map((name) => `'${name}'`).join(', ');
    const fields = ['resource_name', 'status', 'failure_reason'].map((field) => `offline_user_data_job.${field}`);
    const where = `offline_user_data_job.resource_name IN (${list})`;
    return jobStatuses(await this.#search(`SELECT ${fields.join(', ')} FROM offline_user_data_job WHERE ${where}`));
  }

  #search(query: string, pageToken?: unknown): Promise<JsonObject> {
    const place = typeof pageToken === 'string' ? { pageToken } : {};
    return this.#call(`customers/${this.#settings.customer_id}/googleAds:search`, { query, ...place });
  }

  async #call(path: string, body: JsonObject): Promise<JsonObject> {
    const { api_url, api_version, login_customer_id } = this.#settings;
    const answer = await this.#context.egress.send({
      method: 'POST',
      url: `${api_url.replace(/\/+$/, '')}/${api_version}/${path}`,
      headers: {
        'content-type': 'application/json',
        authorization: await this.#tokens.bearer(),
        'developer-token': this.#credentials.developer_token,
        ...(login_customer_id === undefined ? {} : { 'login-customer-id': login_customer_id }),
      },
      body: [Buffer.from(JSON.stringify(body))],
      timeoutMs: CALL_TIMEOUT_MS,
    });
    const read = readGoogleAnswer(answer, this.#context.clock.now(), adsRefusal);
    return isObject(read) ? read : {};
  }
}
