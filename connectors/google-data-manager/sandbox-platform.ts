// The state of the Data Manager sandbox: user lists, and requests that are accepted at once and applied a little later.
import { isObject, type JsonObject, listOf } from '../google/answers.ts';
import { rpcError } from '../google/sandbox-tokens.ts';
import type { Clock } from '../kit/clock.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { type ReadMember, readMembers, SHAPES, type Violation } from './sandbox-members.ts';
import { SandboxUserLists } from './sandbox-user-lists.ts';

export interface PlatformOptions {
  readonly clock: Clock;
  /** Audiences that exist; any unless told. */
  readonly audiences?: readonly string[];
  /** How long a request is PROCESSING; half a second unless told. */
  readonly processingMs?: number;
  readonly termsRequired?: boolean;
  /** Refuse only the request, without naming the row. */
  readonly namesNoRow?: boolean;
  isValidMember?(id: string): boolean;
}

type Verb = keyof typeof SHAPES;
interface AcceptedRequest {
  readonly requestId: string;
  readonly verb: Verb;
  readonly audience: string;
  readonly members: readonly ReadMember[];
  readonly removeAsOfMs: number;
  readonly acceptedAtMs: number;
  state: 'PROCESSING' | 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED';
  errors: Counts;
}
interface Membership {
  readonly sinceMs: number;
  readonly consent: JsonObject | undefined;
}

export class DataManagerPlatform {
  readonly #options: PlatformOptions;
  readonly #audiences = new Map<string, Map<string, Membership>>();
  readonly #requests = new Map<string, AcceptedRequest>();
  /** So many requests end in FAILED. */
  requestsToFail = 0;
  readonly userLists = new SandboxUserLists();

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  accept(verb: Verb, text: Buffer): SandboxAnswer {
    const body = parsed(text);
    if (body === undefined) return rpcError(400, 'INVALID_ARGUMENT');
    const read = verb === 'removeAll' ? { members: [] } : readMembers(body, SHAPES[verb]);
    const violations = read.violations ?? this.#accountFaults(verb, body, read.members);
    if (violations.length > 0) return this.#badRequest(violations);
    const [destination] = listOf(body.destinations);
    const requestId = `t-${(this.#requests.size + 1).toString().padStart(8, '0')}`;
    if (body.validateOnly !== true && read.violations === undefined) {
      this.#requests.set(requestId, {
        requestId,
        verb,
        audience: String(destination?.productDestinationId),
        members: read.members,
        removeAsOfMs: typeof body.removeAsOfTime === 'string' ? Date.parse(body.removeAsOfTime) : this.#nowMs,
        acceptedAtMs: this.#nowMs,
        state: 'PROCESSING',
        errors: {},
      });
    }
    return jsonAnswer(200, { requestId });
  }

  status(requestId: string | null): SandboxAnswer {
    this.#settle();
    const request = this.#requests.get(requestId ?? '');
    if (request === undefined) {
      return this.#badRequest([{ field: 'request_id', description: 'Not valid.', reason: 'INVALID_REQUEST_ID' }]);
    }
    const { state, verb, errors, members } = request;
    // A 64-bit number is text in JSON.
    const errorCounts = Object.entries(errors).map(([reason, count]) => ({ recordCount: String(count), reason }));
    const counted = { userDataIngestionStatus: { recordCount: String(members.length) } };
    const shown = {
      requestStatus: state,
      ...(errorCounts.length > 0 ? { errorInfo: { errorCounts } } : {}),
      ...(verb === 'ingest' ? { audienceMembersIngestionStatus: counted } : {}),
    };
    return jsonAnswer(200, { requestStatusPerDestination: [shown] });
  }

  userList(audience: string): SandboxAnswer {
    if (!this.#exists(audience)) return rpcError(404, 'NOT_FOUND');
    return jsonAnswer(200, {
      name: `userLists/${audience}`,
      id: audience,
      displayName: 'Sandbox',
      membershipDuration: '46656000s',
    });
  }

  /** Sorted, as far as requests have been applied. */
  members(audience: string): string[] {
    this.#settle();
    return [...(this.#audiences.get(audience)?.keys() ?? [])].sort();
  }

  consentOf(audience: string, id: string): JsonObject | undefined {
    return this.#audiences.get(audience)?.get(id)?.consent;
  }

  record(): unknown {
    this.#settle();
    const audiences = [...this.#audiences].map(([name, members]) => [name, Object.fromEntries([...members].sort())]);
    const requests = [...this.#requests.values()].map(({ members, ...one }) => ({ ...one, members: members.length }));
    return { requests, audiences: Object.fromEntries(audiences) };
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  #exists = (audience: string): boolean =>
    this.userLists.has(audience) || (this.#options.audiences?.includes(audience) ?? true);

  #accountFaults(verb: Verb, body: JsonObject, members: readonly ReadMember[]): Violation[] {
    const destinations = listOf(body.destinations);
    if (destinations.length === 0)
      return [{ field: 'destinations', description: 'Required.', reason: 'REQUIRED_FIELD_MISSING' }];
    if (destinations.length > 10)
      return [{ field: 'destinations', description: 'At most 10.', reason: 'TOO_MANY_DESTINATIONS' }];
    const audience = String(destinations[0]?.productDestinationId);
    if (!isObject(destinations[0]?.operatingAccount) || !this.#exists(audience)) {
      return [{ field: 'destinations[0]', description: 'Not valid.', reason: 'INVALID_DESTINATION' }];
    }
    const terms = isObject(body.termsOfService) ? body.termsOfService.customerMatchTermsOfServiceStatus : undefined;
    if (verb === 'ingest' && this.#options.termsRequired && terms !== 'ACCEPTED') {
      return [{ field: 'terms_of_service', description: 'Not signed.', reason: 'TERMS_AND_CONDITIONS_NOT_SIGNED' }];
    }
    if (verb === 'removeAll' && Date.parse(String(body.removeAsOfTime)) > this.#nowMs) {
      return [{ field: 'remove_as_of_time', description: 'In the future.', reason: 'INVALID_REMOVE_AS_OF_TIME' }];
    }
    const reason = 'INVALID_AUDIENCE_MEMBER';
    return members.flatMap(({ id }, at) =>
      this.#options.isValidMember?.(id) === false
        ? [{ field: `audience_members[${at}]`, description: 'Not valid.', reason }]
        : [],
    );
  }

  #badRequest(violations: readonly Violation[]): SandboxAnswer {
    const requestId = `t-refused-${this.#requests.size}`;
    const shown = this.#options.namesNoRow
      ? violations.slice(0, 1).map((one) => ({ ...one, field: 'audience_members' }))
      : violations;
    const type = (name: string) => ({ '@type': `type.googleapis.com/google.rpc.${name}` });
    return rpcError(400, 'INVALID_ARGUMENT', [
      {
        ...type('ErrorInfo'),
        reason: 'INVALID_ARGUMENT',
        domain: 'datamanager.googleapis.com',
        metadata: { requestId },
      },
      { ...type('RequestInfo'), requestId },
      { ...type('BadRequest'), fieldViolations: shown },
    ]);
  }

  /** Applies what is due, in the order of acceptance. */
  #settle(): void {
    for (const request of this.#requests.values()) {
      const dueMs = request.acceptedAtMs + (this.#options.processingMs ?? 500);
      if (request.state !== 'PROCESSING' || this.#nowMs < dueMs) continue;
      if (this.requestsToFail > 0) {
        this.requestsToFail--;
        request.state = 'FAILED';
        request.errors = { PROCESSING_ERROR_REASON_INTERNAL_ERROR: request.members.length };
      } else this.#apply(request);
    }
  }

  #apply(request: AcceptedRequest): void {
    const members = this.#audiences.get(request.audience) ?? new Map<string, Membership>();
    this.#audiences.set(request.audience, members);
    for (const [id, { sinceMs }] of members) {
      if (request.verb === 'removeAll' && sinceMs < request.removeAsOfMs) members.delete(id);
    }
    for (const { id, consent } of request.members) {
      const fault = request.verb === 'ingest' ? consentFault(consent) : undefined;
      if (fault !== undefined) request.errors = addCounts(request.errors, { [fault]: 1 });
      else if (request.verb === 'ingest') members.set(id, { sinceMs: request.acceptedAtMs, consent });
      else members.delete(id);
    }
    request.state = Object.keys(request.errors).length > 0 ? 'PARTIAL_SUCCESS' : 'SUCCESS';
  }
}

function consentFault(consent: JsonObject | undefined): string | undefined {
  return consent?.adUserData === 'CONSENT_DENIED' ? 'PROCESSING_ERROR_REASON_DENIED_CONSENT' : undefined;
}

function parsed(text: Buffer): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(text.toString('utf8'));
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
