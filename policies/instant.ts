// Instants as the policies read them: RFC 3339 in UTC with milliseconds. What is no instant is refused, never guessed.
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** An unreadable instant is passed on as it is: Cedar then cannot evaluate, and that is a denial. */
export function instantValue(instant: string): CedarValueJson {
  return { __extn: { fn: 'datetime', arg: normalInstant(instant) ?? 'unreadable' } };
}

/** Undefined for what is no instant. */
export function instantMs(instant: string): number | undefined {
  const normal = normalInstant(instant);
  return normal === undefined ? undefined : Date.parse(normal);
}

export function earliestInstant(instants: readonly string[]): string | undefined {
  return instants
    .map(normalInstant)
    .filter((instant) => instant !== undefined)
    .sort()[0];
}

function normalInstant(instant: string): string | undefined {
  if (!RFC_3339.test(instant)) return undefined;
  const parsed = new Date(instant);
  if (Number.isNaN(parsed.getTime())) return undefined;
  const normal = parsed.toISOString();
  // The 30th of February would silently become March.
  return instant.endsWith('Z') && !normal.startsWith(instant.slice(0, 19)) ? undefined : normal;
}
