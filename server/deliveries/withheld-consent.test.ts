// Out of a collaboration a report says nothing of persons who were kept back for a platform's field of consent.
import { expect, test } from 'vitest';
import type { DeliveryReport } from '../../connectors/kit/report.ts';
import { reportWithoutWithheld, withoutWithheld } from './withheld-consent.ts';

const REPORT: DeliveryReport = {
  status: 'partially_delivered',
  phase: 'sent',
  added: 60,
  removed: 0,
  invalid: {},
  rejectedByPlatform: { consent_denied: 1 },
  batches: 1,
  batchesFailed: 0,
  platformJobs: [],
};

test('whoever was kept back leaves no trace in the counts nor in how the delivery ended', () => {
  const { rejectedByPlatform, status } = reportWithoutWithheld(REPORT);
  expect({ rejectedByPlatform, status }).toEqual({ rejectedByPlatform: {}, status: 'delivered' });
  expect(withoutWithheld({ consent_denied: 1, consent_missing: 2, digest_malformed: 3 })).toEqual({
    digest_malformed: 3,
  });
});

test.each<[string, Partial<DeliveryReport>]>([
  ['rows that the platform refused', { rejectedByPlatform: { consent_denied: 1, digest_malformed: 3 } }],
  ['rows of a wrong form', { invalid: { id_invalid: 1 } }],
  ['batches that failed', { batchesFailed: 1 }],
  ['an end before its time', { failure: { code: 'rejected', message: 'no' } }],
])('%s stay told', (_what, lost) => {
  const told = reportWithoutWithheld({ ...REPORT, ...lost });
  expect(told.status).toBe('partially_delivered');
  expect(told.rejectedByPlatform).not.toHaveProperty('consent_denied');
});
