// What kind of fault a code is, whoever gave it, and what follows: whether the same rows may be taken another time, and what a person
// does about it. Platforms have hundreds of codes; a person acts on a dozen kinds.

export const REJECTION_CLASSES = [
  'identifier',
  'not_mapped',
  'opted_out',
  'consent',
  'unknown_person',
  'audience',
  'expired',
  'too_large',
  'capacity',
  'credentials',
  'delivery',
  'unspecified',
] as const;
export type RejectionClass = (typeof REJECTION_CLASSES)[number];

interface ClassFacts {
  /** Whether the same rows may be taken the next time, by themselves or once a person has mended what is named. */
  readonly isRetryable: boolean;
  readonly whatToDo: string;
}

export const CLASS_FACTS: Readonly<Record<RejectionClass, ClassFacts>> = {
  identifier: {
    isRetryable: false,
    whatToDo:
      'The id has not the form that the platform takes. Mend the column in the dataset or seal it under the right profile, load it, then deliver in full.',
  },
  not_mapped: {
    isRetryable: false,
    whatToDo: 'The id operator does not know this digest. Check the profile and the normalisation of the column.',
  },
  opted_out: {
    isRetryable: false,
    whatToDo: 'The person has opted out with the id operator. There is nothing to do: it must not be delivered.',
  },
  consent: {
    isRetryable: false,
    whatToDo: 'The person did not agree to what the platform does. Deliver it only once consent is on record.',
  },
  unknown_person: {
    isRetryable: true,
    whatToDo: 'The platform does not know this person, or not yet. Try again later, or choose another type of id.',
  },
  audience: {
    isRetryable: true,
    whatToDo:
      'The audience at the platform takes nobody: inactive, unauthorised or its terms not accepted. Mend that there, then retry.',
  },
  expired: {
    isRetryable: false,
    whatToDo: 'The time of the membership is past or too far. Mend the lifetime in the settings, then deliver in full.',
  },
  too_large: {
    isRetryable: false,
    whatToDo:
      'The row or request is larger than the platform takes. Choose smaller batches in the settings, then deliver in full.',
  },
  capacity: { isRetryable: true, whatToDo: 'The platform was overloaded or unreachable. Retry.' },
  credentials: {
    isRetryable: true,
    whatToDo: 'The platform refused the credentials. Renew them, test them, then retry.',
  },
  delivery: {
    isRetryable: false,
    whatToDo:
      'The platform refused the request as it stands. Test the destination and compare its settings with the platform, then deliver in full.',
  },
  unspecified: {
    isRetryable: true,
    whatToDo: "The platform gives a code of its own. Look it up in the platform's documentation; a retry is safe.",
  },
};

/** Codes of ours, of the platforms' documentation and of receivers that say nothing more precise. */
const KNOWN: Readonly<Record<string, RejectionClass>> = {
  identifier_invalid: 'not_mapped',
  opted_out: 'opted_out',
  consent_denied: 'consent',
  consent_missing: 'consent',
  answer_invalid: 'capacity',
  job_failed: 'capacity',
  job_overdue: 'capacity',
  network: 'capacity',
  quota_exceeded: 'capacity',
  server_error: 'capacity',
  storage: 'capacity',
  throttled: 'capacity',
  timeout: 'capacity',
  authentication: 'credentials',
  address_refused: 'delivery',
  answer_too_large: 'delivery',
  changes_differ: 'delivery',
  endpoint_gone: 'delivery',
  folder_refused: 'delivery',
  host_refused: 'delivery',
  redirect_refused: 'delivery',
  rejected: 'delivery',
  unreleased: 'delivery',
  num_invalid_format: 'identifier',
  num_invalid_user: 'unknown_person',
  num_unauth_segment: 'audience',
  num_inactive_segment: 'audience',
  num_invalid_segment: 'audience',
  num_invalid_timestamp: 'expired',
  num_past_expiration: 'expired',
  no_valid_segments: 'audience',
  request_too_large: 'too_large',
  too_many_user_ids: 'too_large',
  unknown_id: 'unknown_person',
  not_uploaded: 'unknown_person',
};

/** Read from the words of a code, where it is not known by itself. The first that fits. */
const READ: readonly (readonly [RegExp, RejectionClass])[] = [
  [/CONSENT/i, 'consent'],
  [/OPT_?OUT|OPTED/i, 'opted_out'],
  [/TERMS|ALLOWLIST|POLIC|USER_LIST|AUDIENCE_(?!MEMBER)|SEGMENT|DESTINATION/i, 'audience'],
  [/TTL|EXPIR|TIMESTAMP/i, 'expired'],
  [/TOO_?(MANY|LARGE|LONG)|SIZE/i, 'too_large'],
  [/QUOTA|RATE_?LIMIT|THROTTL|UNAVAILABLE|INTERNAL|TRANSIENT|^status_5/i, 'capacity'],
  [/NOT_?FOUND|UNKNOWN_?(USER|ID|PERSON)|NO_?MATCH|^status_404/i, 'unknown_person'],
  [/INVALID|MALFORMED|FORMAT|ENCOD|HASH|SHA256|MISSING|EMPTY|REQUIRED|^status_4/i, 'identifier'],
];

export function rejectionClassOf(code: string): RejectionClass {
  if (Object.hasOwn(KNOWN, code)) return KNOWN[code]!;
  return READ.find(([words]) => words.test(code))?.[1] ?? 'unspecified';
}
