// What is wrong with a dataset schema: every issue at once, each with an RFC 6901 pointer to the spot.
export interface SchemaIssue {
  readonly pointer: string;
  readonly message: string;
  readonly hint: string;
}

export class SchemaError extends Error {
  readonly code = 'schema_invalid';
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    super(issues.map((issue) => `${issue.pointer || '/'}: ${issue.message}`).join('; '));
    this.name = 'SchemaError';
    this.issues = issues;
  }
}

/** RFC 6901 section 3. */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Collects issues while a document is read, so that one run tells them all. */
export class IssueList {
  readonly #issues: SchemaIssue[] = [];

  add(at: string, message: string, hint: string): void {
    this.#issues.push({ pointer: at, message, hint });
  }

  throwIfAny(): void {
    if (this.#issues.length > 0) throw new SchemaError(this.#issues);
  }
}
