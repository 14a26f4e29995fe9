// What the parts of the design say, in English.
export const parts = {
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  you: '{name} (you)',
  request: 'Request {id}',
  decidedBy: { one: 'Decided by the policy', other: 'Decided by the policies' },
} as const;
