// The benchmark of the audit log measures what it says, on a log that fits a test.
import { expect, test } from 'vitest';
import { benchAudit } from './audit.ts';

test('the figures are those that are promised, and come of a log that verified', async () => {
  const result = await benchAudit({ events: 700 });
  expect(Object.keys(result)).toEqual(['events', 'verifySeconds', 'proofMs']);
  expect(result.events).toBe(700);
  expect(result.proofMs).toBeGreaterThan(0);
});
