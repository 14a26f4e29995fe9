// A destination is declared as data, with pure payload rules and a client. Everything else (batches, retries, resuming,
// egress, report) is the kit's, so that no destination can do it differently.
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import type { ActivationChange } from './activation-change.ts';
import type { Batch, BatchRules } from './batches.ts';
import type { Clock } from './clock.ts';
import type { Egress } from './egress.ts';
import type { DeliveryProgress, PlatformJob } from './progress.ts';
import type { Counts, Erasure } from './report.ts';
import { checkFields, type SettingFields, type SettingIssue, SettingsError, type SettingValue } from './settings.ts';
import type { BatchPlace } from './upload-session.ts';

export interface DestinationLimits {
  readonly maxRowsPerBatch: number;
  readonly maxBytesPerBatch: number;
  /** At least this long between two batches of one delivery. */
  readonly minIntervalMs: number;
  /** How often and how long an asynchronous platform job is asked for. */
  readonly pollIntervalMs: number;
  readonly maxPollMs: number;
}

export interface DeliveryFacts {
  readonly id: string;
  readonly startedAtMs: number;
  /** The purpose that the release was decided for, person by person. */
  readonly purpose: string | undefined;
  /** The changes are the whole audience: whoever is not among them leaves it. */
  readonly isWhole: boolean;
  /** Everybody is told again because ids of an operator are due: the ids of before are taken out. */
  readonly isRemap?: boolean;
}

export interface ClientContext {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The folder that holds what folder destinations write; absent when the operator allows none. */
  readonly exportRoot: string | undefined;
  readonly delivery: DeliveryFacts;
}

export interface SendContext {
  readonly idempotencyKey: string;
  /** The job an earlier attempt had opened for this very batch. */
  readonly job: PlatformJob | undefined;
  /** Only with `inSessions`. */
  readonly place: BatchPlace | undefined;
  /** Stores the job before the next request, so that a kill does not open a second one. */
  saveJob(job: PlatformJob): Promise<void>;
}

export type SendOutcome =
  /** `erasure` answers a batch with `erase`; a client that does not say has only removed. */
  | { readonly state: 'taken'; readonly rejected: Counts; readonly named?: NamedRows; readonly erasure?: Erasure }
  /** `rejected` are rows that were refused on the way in. */
  | {
      readonly state: 'submitted';
      readonly job: PlatformJob;
      readonly rejected?: Counts;
      readonly named?: NamedRows;
      readonly erasure?: Erasure;
    };
/** By id, the codes of rejected rows that the platform names; others it only counts. */
export type NamedRows = ReadonlyMap<string, string>;
export type PollOutcome =
  | { readonly state: 'running'; readonly phase: string }
  | { readonly state: 'taken'; readonly phase: string; readonly rejected: Counts }
  /** `reason` is one of the platform's closed codes, never its free text. */
  | { readonly state: 'failed'; readonly phase: string; readonly rejected: Counts; readonly reason: string };

/** An audience, list or segment as the platform has it. */
export interface PlatformAudience {
  readonly id: string;
  readonly name: string;
}
export interface AudienceBook {
  list(): Promise<readonly PlatformAudience[]>;
  /** Only where the platform does not tell of all that it has: one that `list` did not have, by its id. */
  find?(id: string): Promise<PlatformAudience>;
  /** Absent where the platform makes none by a request. Called only for a name that `list` did not have. */
  create?(name: string): Promise<PlatformAudience>;
}

export interface DestinationClient {
  send(batch: Batch, context: SendContext): Promise<SendOutcome>;
  /** Only for platforms that answer `submitted`. */
  poll?(job: PlatformJob): Promise<PollOutcome>;
  /** Called once all batches are taken, also for an empty delivery; must bear being repeated. */
  finish?(progress: DeliveryProgress): Promise<void>;
  /** A new token; called at most once for each request. */
  reauthenticate?(): Promise<void>;
  /** Shows that credentials and address work, without sending a person. */
  test(): Promise<void>;
  /** Only with `audienceSetting`. */
  readonly audiences?: AudienceBook;
  /** Lets go of connections of its own, at the end of an attempt, whatever that end was. Never rejects. */
  close?(): Promise<void>;
}

/** Stands between the released changes and the batches. */
export interface IdTranslator {
  translate(changes: AsyncIterable<readonly ActivationChange[]>): AsyncIterable<readonly ActivationChange[]>;
  /** When the first of the ids that were given out is to be asked for anew; undefined where none was. */
  dueAtMs(): number | undefined;
  /** Shows that address and credentials work, without naming anybody. */
  test(): Promise<void>;
}

export interface DestinationDeclaration {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** `key`: a credential that nothing but a person renews. */
  readonly authentication: 'none' | 'token' | 'key' | 'signature';
  readonly settingFields: SettingFields;
  readonly credentialFields: SettingFields;
  /** The setting that holds the platform's id of the audience: it may be chosen later, from what the platform has. */
  readonly audienceSetting?: string;
  /** Another setting that names the audience in its stead. */
  readonly audienceAlias?: string;
  readonly acceptedIdTypes: readonly ActivationIdType[];
  /** The settings by which the platform knows whom it counts: destinations of one account keep one pace. Absent: each its own. */
  readonly accountSettings?: readonly string[];
  /**
   * Nobody reads there who was told: the platform shows numbers alone. Absent, rows or fields of a person can be read where they
   * arrive, so that a segment over a partner's attribute tells it of each of them.
   */
  readonly hidesRows?: boolean;
  readonly limits: DestinationLimits;
  readonly removal: {
    readonly supported: boolean;
    readonly semantics: string;
    /** What becomes of a request to erase: the platform's own call, or what is done in its place. */
    readonly erasure: string;
  };
  /** The platform replaces what it has and does nothing else: a delivery is the whole audience or is refused. */
  readonly takesWholeAlone?: boolean;
  /** The platform's id in the IAB's Global Vendor List, where it has one; else the setting `iab_vendor_id` may say. */
  readonly iabVendorId?: number;
  /** Fields of the payload that carry consent. Empty: consent is enforced before export and nothing is said to the platform. */
  readonly consentFields: readonly string[];
}

/** `S` and `C` are the validated settings and credentials. */
export interface Destination<S = unknown, C = unknown> extends DestinationDeclaration {
  /** Faults that lie between fields. */
  checkSettings(settings: S, credentials: C | undefined): readonly SettingIssue[];
  /** Where the settings choose a way whose pace differs from `limits`. */
  paceOf?(settings: S): Partial<Omit<DestinationLimits, 'maxRowsPerBatch' | 'maxBytesPerBatch'>>;
  /** The destination gives a tenant flags on its own records: nobody's ids are sent but those of its own datasets. */
  readonly returnsRecords?: boolean;
  /** The purposes that these settings serve. Absent: any. */
  purposesServed?(settings: S): readonly string[];
  /** Which of the accepted id types these settings send. */
  idTypes(settings: S): readonly ActivationIdType[];
  /** For platform digests: whether a column sealed under this profile, such as `meta@2026-06/phone`, may be sent. */
  acceptsProfile?(settings: S, profile: string): boolean;
  /** Whether a person leaves as a member of all its accepted digests (member.ts), rather than by one id. */
  composesMembers?(settings: S): boolean;
  hosts(settings: S): readonly string[];
  /** Where the settings put an id operator in front: what turns the ids of a dataset into those the platform knows. */
  translator?(options: { settings: S; credentials: C; context: ClientContext }): IdTranslator | undefined;
  /** Pure. */
  batchRules(settings: S): BatchRules;
  client(options: { settings: S; credentials: C; context: ClientContext }): DestinationClient;
}

/** A destination whose vendor id is not known here gets a setting for it: without one, no TC string lets anybody go there. */
export function defineDestination<S, C>(destination: Destination<S, C>): Destination<S, C> {
  if (destination.iabVendorId !== undefined) return Object.freeze(destination);
  const settingFields = { ...destination.settingFields, iab_vendor_id: IAB_VENDOR_ID };
  return Object.freeze({ ...destination, settingFields });
}

const IAB_VENDOR_ID: SettingFields[string] = {
  type: 'integer',
  title: 'IAB vendor id',
  description:
    "The receiver's id in the Global Vendor List of the IAB. Without one, no TC string can name this destination, and nobody goes there by one.",
  min: 1,
  max: 65_535,
};

/** By whose consent a TC string lets persons go to this destination; none for a receiver outside the Global Vendor List. */
export function iabVendorsOf(destination: DestinationDeclaration, settings: unknown): number[] {
  if (destination.iabVendorId !== undefined) return [destination.iabVendorId];
  const set = (settings as { iab_vendor_id?: unknown } | null)?.iab_vendor_id;
  return typeof set === 'number' ? [set] : [];
}

export interface ValidSettings {
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly credentials: Readonly<Record<string, SettingValue>>;
}

/** Whether the settings say which audience of the platform is filled; true where a destination has none to choose. */
export function isAudienceChosen(
  { audienceSetting: name, audienceAlias: alias }: Destination,
  settings: unknown,
): boolean {
  const given = settings as Readonly<Record<string, unknown>> | null;
  return name === undefined || given?.[name] !== undefined || (alias !== undefined && given?.[alias] !== undefined);
}

/** All faults at once. Throws SettingsError; pointers start with /settings or /credentials. */
export function validateSettings(
  destination: Destination,
  input: { settings: unknown; credentials: unknown },
  { audienceMayWait = false } = {},
): ValidSettings {
  const isWaiting = audienceMayWait && !isAudienceChosen(destination, input.settings);
  const settings = checkFields(destination.settingFields, input.settings);
  const credentials = checkFields(destination.credentialFields, input.credentials ?? {});
  const between =
    settings.issues.length + credentials.issues.length === 0 || isWaiting
      ? destination.checkSettings(settings.values, credentials.values)
      : [];
  const all = [...under('/settings', settings.issues), ...under('/credentials', credentials.issues), ...between];
  const issues = all.filter(({ pointer }) => !isWaiting || pointer !== `/settings/${destination.audienceSetting}`);
  if (issues.length > 0) throw new SettingsError(issues);
  return { settings: settings.values, credentials: credentials.values };
}

const under = (prefix: string, issues: readonly SettingIssue[]): SettingIssue[] =>
  issues.map((issue) => ({ ...issue, pointer: prefix + issue.pointer }));
