// Which kind of fault a code is: each of our own by itself, those of platforms by their words, and an unknown one never for good.
import { expect, it } from 'vitest';
import { errorForStatus } from './errors.ts';
import { CLASS_FACTS, REJECTION_CLASSES, rejectionClassOf } from './rejection-class.ts';

it.each([
  ['digest_malformed', 'identifier'],
  ['id_invalid', 'identifier'],
  ['identifier_invalid', 'not_mapped'],
  ['opted_out', 'opted_out'],
  ['num_invalid_user', 'unknown_person'],
  ['num_past_expiration', 'expired'],
  ['INVALID_SHA256_FORMAT', 'identifier'],
  ['INVALID_USER_LIST_TYPE', 'audience'],
  ['PROCESSING_ERROR_REASON_DENIED_CONSENT', 'consent'],
  ['InvalidTtlInMinutes', 'expired'],
  ['DataNameTooLong', 'too_large'],
  ['TERMS_AND_CONDITIONS_NOT_SIGNED', 'audience'],
  ['status_400', 'identifier'],
  ['status_503', 'capacity'],
  ['constructor', 'unspecified'],
  ['a_code_of_tomorrow', 'unspecified'],
])('%s is %s', (code, kind) => expect(rejectionClassOf(code)).toBe(kind));

it('faults that pass by themselves are retryable, and bad requests are not', () => {
  const isRetryable = (status: number) =>
    CLASS_FACTS[rejectionClassOf(errorForStatus(status, undefined).code)].isRetryable;
  expect([408, 429, 500, 503].map(isRetryable)).toEqual([true, true, true, true]);
  expect([400, 404, 410, 302].map(isRetryable)).toEqual([false, false, false, false]);
});

it('every kind says what to do', () => {
  for (const kind of REJECTION_CLASSES) expect(CLASS_FACTS[kind].whatToDo).toMatch(/\.$/);
});
