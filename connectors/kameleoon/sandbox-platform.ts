// The state of the Kameleoon sandbox: maps of visitors, with bodies that are taken unread and applied a little later.
import type { Clock } from '../kit/clock.ts';
import { MAX_FIELD_LENGTH, MAX_KEY_LENGTH } from './limits.ts';

export interface PlatformOptions {
  readonly clock: Clock;
  /** How long a body waits before it is applied. */
  readonly processingMs?: number;
}

type Fields = Map<string, unknown>;
interface Waiting {
  readonly dueAtMs: number;
  apply(): void;
}

export class KameleoonPlatform {
  readonly #options: PlatformOptions;
  readonly #maps = new Map<string, { readonly fields: Fields; readonly endsAtMs: number }>();
  #waiting: Waiting[] = [];
  readonly forgotten: string[] = [];
  /** Bodies and keys that were taken and then dropped without a word. */
  dropped = 0;

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  takeMaps(body: Buffer, ttlHours: number): void {
    const endsAtMs = this.#options.clock.now() + ttlHours * 3_600_000;
    this.#queue(() => {
      for (const [key, map] of entriesOf(body) ?? this.#drop()) {
        const fields = entriesOf(map);
        if (key.length > MAX_KEY_LENGTH || fields === undefined) this.#drop();
        else this.#merge(key, fields, endsAtMs);
      }
    });
  }

  takeForgotten(body: Buffer): void {
    this.#queue(() => {
      for (const code of body.toString('utf8').split('\n').filter(Boolean)) {
        this.#maps.delete(code);
        this.forgotten.push(code);
      }
    });
  }

  mapOf(key: string): Record<string, unknown> | undefined {
    this.#settle();
    const map = this.#maps.get(key);
    return map === undefined || map.endsAtMs <= this.#options.clock.now() ? undefined : Object.fromEntries(map.fields);
  }

  /** Keys whose map holds the field. */
  members(field: string): string[] {
    this.#settle();
    return [...this.#maps.keys()].filter((key) => Object.hasOwn(this.mapOf(key) ?? {}, field)).sort();
  }

  record(): unknown {
    this.#settle();
    const maps = [...this.#maps.keys()].map((key) => [key, this.mapOf(key)]);
    const { forgotten, dropped } = this;
    return { maps: Object.fromEntries(maps), waiting: this.#waiting.length, forgotten, dropped };
  }

  /** An empty map deletes the key; null deletes the field, as older documentation has it. */
  #merge(key: string, given: readonly (readonly [string, unknown])[], endsAtMs: number): void {
    if (given.length === 0) {
      this.#maps.delete(key);
      return;
    }
    const fields: Fields = new Map(this.#maps.get(key)?.fields);
    for (const [name, value] of given) {
      if (name.length > MAX_FIELD_LENGTH) this.#drop();
      else if (value === null) fields.delete(name);
      else fields.set(name, value);
    }
    if (fields.size === 0) this.#maps.delete(key);
    else this.#maps.set(key, { fields, endsAtMs });
  }

  #drop(): [] {
    this.dropped++;
    return [];
  }

  #queue(apply: () => void): void {
    this.#waiting.push({ dueAtMs: this.#options.clock.now() + (this.#options.processingMs ?? 500), apply });
  }

  #settle(): void {
    const nowMs = this.#options.clock.now();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
    for (const { apply } of due) apply();
  }
}

/** Of an object, or of the text of one; undefined for anything else. */
function entriesOf(value: unknown): [string, unknown][] | undefined {
  try {
    const read: unknown = Buffer.isBuffer(value) ? JSON.parse(value.toString('utf8')) : value;
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? Object.entries(read) : undefined;
  } catch {
    return undefined;
  }
}
