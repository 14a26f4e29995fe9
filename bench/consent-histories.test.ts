// Random histories of consent: nobody is delivered without a consent that is valid at the release, and nobody is refused who has one.
import { expect, it } from 'vitest';
import { benchHistories } from './consent-histories.ts';

it.each([1, 2])(
  'of 20,000 persons, nobody leaves without valid consent (seed %i)',
  { timeout: 300_000 },
  async (seed) => {
    const result = await benchHistories({ histories: 20_000, seed });
    expect(result).toMatchObject({ releases: 3, withoutConsent: 0, wronglyRefused: 0 });
    // Histories of which nobody may go, or everybody, would prove nothing.
    expect(result.delivered).toBeGreaterThan(2_000);
    expect(result.delivered).toBeLessThan(40_000);
  },
);
