// What a platform may be told of a person's consent: what the person or the gate before said, and never more.

export type ConsentState = 'granted' | 'denied' | 'unknown';

/**
 * `decidedPurpose` is what the release was decided for, person by person, so it is granted by everybody who got here.
 * Another purpose is granted or denied by what the person is known to have agreed to, and otherwise unknown.
 */
export function consentState(
  purpose: string,
  of: { readonly consent: readonly string[] | undefined; readonly decidedPurpose: string | undefined },
): ConsentState {
  if (of.consent !== undefined) return of.consent.includes(purpose) ? 'granted' : 'denied';
  return of.decidedPurpose === purpose ? 'granted' : 'unknown';
}
