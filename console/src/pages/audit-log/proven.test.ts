// A rule of the texts beside the ticks: the console says in English what every other verifier says.
import { expect, test } from 'vitest';
import { TICKS } from '../../../../audit/ticks.ts';
import { auditLog } from '../../i18n/en/audit-log.ts';

test('what a tick proves and does not prove is said in one wording', () => {
  const said = Object.keys(TICKS).map((name) => [
    name,
    {
      proves: auditLog[`proves-${name}` as keyof typeof auditLog],
      doesNotProve: auditLog[`doesNotProve-${name}` as keyof typeof auditLog],
    },
  ]);
  expect(Object.fromEntries(said)).toEqual(TICKS);
});
