// The state of The Trade Desk sandbox: segments of an advertiser with the end of each membership, and data subject requests.
import type { Clock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';
import { MAX_DATA_NAME_LENGTH, MAX_TTL_MINUTES } from './limits.ts';
import { isUserId, USER_ID_NAMES } from './user-id.ts';

export interface PlatformOptions {
  readonly clock: Clock;
  /** Others are answered as of no such advertiser. */
  readonly advertisers?: readonly string[];
  /** Bodies beyond it meet a 413. */
  readonly maxBodyBytes?: number;
  /** What an empty request is answered with is not known: both are played. */
  readonly refusesEmpty?: boolean;
  isMapped?(id: string): boolean;
  /** Every item of a data subject request fails. */
  readonly refusesSubjects?: boolean;
}

type JsonObject = Readonly<Record<string, unknown>>;
interface FailedLine {
  readonly ErrorCode: string;
  readonly Message: string;
  readonly ItemNumber: string;
  /** The id that was given, under its name. */
  readonly [name: string]: string;
}

const ADVERTISER_FIELDS = ['AdvertiserId', 'DataProviderId', 'Items', 'DataLoadTraceId', 'DataOrigins'];
const SUBJECT_FIELDS = ['AdvertiserId', 'Items', 'RequestType', 'DataLoadTraceId'];
const ITEM_FIELDS = [...USER_ID_NAMES, 'Data', 'CookieMappingPartnerId'];
const DATA_FIELDS = ['name', 'ttlinminutes', 'timestamputc', 'basebidcpm', 'bidfactor', 'basebidcpmmetadata'];

export class TradeDeskPlatform {
  readonly #options: PlatformOptions;
  readonly #segments = new Map<string, Map<string, number>>();
  readonly subjectRequests: { readonly type: string; readonly id: string }[] = [];

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  takeData(bytes: Buffer): SandboxAnswer {
    const read = this.#read(bytes, ADVERTISER_FIELDS);
    if ('status' in read) return read;
    const failed = read.items.flatMap((item, at) => this.#dataFault(item, at) ?? []);
    return linesAnswer(failed);
  }

  takeSubjectRequest(bytes: Buffer): SandboxAnswer {
    const read = this.#read(bytes, SUBJECT_FIELDS);
    if ('status' in read) return read;
    const { RequestType: type } = read.body;
    if (type !== 'OptOut' && type !== 'Deletion') return refusal('RequestType is not valid.');
    const failed: FailedLine[] = [];
    for (const [at, item] of read.items.entries()) {
      const id = idOf(item);
      const isRefused = this.#options.refusesSubjects || Object.keys(item).length !== 1;
      if (id === undefined || isRefused) failed.push(line('InvalidUserId', at, item));
      else {
        this.subjectRequests.push({ type, id });
        for (const members of this.#segments.values()) members.delete(id);
      }
    }
    return linesAnswer(failed);
  }

  /** Whose lifetime is not over. */
  members(segment: string): string[] {
    const nowMs = this.#options.clock.now();
    const members = [...(this.#segments.get(segment) ?? [])];
    return members
      .filter(([, endsAtMs]) => endsAtMs > nowMs)
      .map(([id]) => id)
      .sort();
  }

  record(): unknown {
    const segments = [...this.#segments.keys()].map((name) => [name, this.members(name)]);
    return { segments: Object.fromEntries(segments), subjectRequests: this.subjectRequests };
  }

  #read(bytes: Buffer, fields: readonly string[]): SandboxAnswer | { body: JsonObject; items: JsonObject[] } {
    if (bytes.length > (this.#options.maxBodyBytes ?? Number.POSITIVE_INFINITY)) return { status: 413 };
    const body = parsed(bytes);
    if (body === undefined || Object.keys(body).some((field) => !fields.includes(field))) {
      return refusal('The request could not be read.');
    }
    const { AdvertiserId: advertiser, Items: items } = body;
    const isKnown = typeof advertiser === 'string' && this.#options.advertisers?.includes(advertiser) !== false;
    if (!isKnown) return refusal('AdvertiserId is not valid.');
    if (!Array.isArray(items) || !items.every(isObject)) return refusal('Items are required.');
    if (items.length === 0 && this.#options.refusesEmpty) return refusal('Items are required.');
    return { body, items };
  }

  #dataFault(item: JsonObject, at: number): FailedLine | undefined {
    if (Object.keys(item).some((field) => !ITEM_FIELDS.includes(field))) return line('ItemDeserializationError', at);
    const id = idOf(item);
    if (id === undefined) return line('MissingUserId', at);
    if (this.#options.isMapped?.(id) === false) return line('UserNotMapped', at, item);
    if (!Array.isArray(item.Data) || !item.Data.every(isObject)) return line('ItemDeserializationError', at, item);
    for (const data of item.Data) {
      const fault = this.#keep(id, data);
      if (fault !== undefined) return line(fault, at, item);
    }
    return undefined;
  }

  /** Applied, or the code of the fault. Names of fields are read without their case, as two spellings are about. */
  #keep(id: string, data: JsonObject): string | undefined {
    const fields = new Map(Object.entries(data).map(([name, value]) => [name.toLowerCase(), value]));
    if ([...fields.keys()].some((name) => !DATA_FIELDS.includes(name))) return 'ItemDeserializationError';
    const name = fields.get('name');
    const ttl = fields.get('ttlinminutes') ?? MAX_TTL_MINUTES / 2;
    if (typeof name !== 'string' || name === '') return 'ItemDeserializationError';
    if (name.length > MAX_DATA_NAME_LENGTH) return 'DataNameTooLong';
    if (!Number.isInteger(ttl) || Number(ttl) < 0 || Number(ttl) > MAX_TTL_MINUTES) return 'InvalidTtlInMinutes';
    const members = this.#segments.get(name) ?? new Map<string, number>();
    this.#segments.set(name, members);
    if (ttl === 0) members.delete(id);
    else members.set(id, this.#options.clock.now() + Number(ttl) * 60_000);
    return undefined;
  }
}

/** Exactly one id, in the form of its name. */
function idOf(item: JsonObject): string | undefined {
  const given = USER_ID_NAMES.filter((name) => item[name] !== undefined);
  const [name] = given;
  const id = name === undefined ? undefined : item[name];
  return given.length === 1 && name !== undefined && typeof id === 'string' && isUserId(name, id) ? id : undefined;
}

const line = (ErrorCode: string, at: number, item: JsonObject = {}): FailedLine => ({
  ...Object.fromEntries(USER_ID_NAMES.filter((name) => name in item).map((name) => [name, String(item[name])])),
  ErrorCode,
  Message: `Refused, item #${at + 1}`,
  ItemNumber: String(at + 1),
});

const linesAnswer = (failed: readonly FailedLine[]): SandboxAnswer =>
  jsonAnswer(200, failed.length === 0 ? {} : { FailedLines: failed });

export const refusal = (Message: string, status = 400): SandboxAnswer => jsonAnswer(status, { Message });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parsed(bytes: Buffer): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
