// What the event of consent decisions tells the tenant that asked.
import { expect, test } from 'vitest';
import { ownOf } from './person-decisions.ts';

test("of a partner's persons the asker is told neither how many classes there are nor why they are refused", () => {
  const sides = [
    { side: 'left', tenantId: 'ten_asker' },
    { side: 'right', tenantId: 'ten_partner' },
  ] as const;
  const decided = [
    { verdict: { side: 'left' }, reason: 'own' },
    { verdict: { side: 'right' }, reason: 'of the partner' },
    { verdict: { side: 'right' }, reason: 'of the one person more' },
  ] as const;
  expect(ownOf(decided, sides, 'ten_asker')).toEqual([decided[0]]);
  expect(ownOf(decided, sides, 'ten_partner')).toEqual([decided[1], decided[2]]);
});
