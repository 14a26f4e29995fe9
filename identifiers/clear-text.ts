// A person's value in the clear. It prints as [redacted] wherever a value is printed by accident: strings, JSON, console.
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export class ClearText {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it only where a digest is made or where the owner looks at their own data. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [INSPECT](): string {
    return '[redacted]';
  }
}
